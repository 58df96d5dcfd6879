"""Trained networks that the settings name as sources: their files, and the tags that say which they were."""

import atexit
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import mlflow
from mlflow.exceptions import MlflowException

from pipeline.base.digests import SHORT, file_digest
from pipeline.base.errors import PipelineError, one_line
from pipeline.base.paths import OUTPUTS, main_root
from pipeline.config.schema.pipeline_schema import Config, TrackingConfig
from pipeline.tracking.store import open_store

REGISTRY = "models:/"
INIT_FROM, ENSEMBLE = "init_from", "ensemble"


@dataclass(frozen=True)
class SourceModel:
    """A `.keras` file, and tags for the run and the model version that are made from it.

    A path or an alias can name another file later; the tags cannot: `NAME.digest`, the first 16 hex digits of the
    file's SHA-256, and `NAME.version`, `name/version`, if it is registered. NAME is `init_from`, `ensemble.1`, …
    """

    file: Path
    tags: dict[str, str]


@dataclass(frozen=True)
class SourceModels:
    """The file with initial weights, the files to average with, and the tags of them all."""

    start: Path | None
    members: list[Path]
    tags: dict[str, str]

    @property
    def digests(self) -> list[str]:
        """Digests of the files, whatever they are called."""
        return [value for name, value in self.tags.items() if name.endswith(".digest")]


def find_source_models(config: Config, root: Path) -> SourceModels:
    """Return what `model.init_from` and `model.ensemble` name, downloaded from the registry if they are there.

    Args:
        config: the settings; `models:/` is looked up in their tracking store.
        root: the project's folder, or that of the copy in which DVC runs a queued experiment.

    Raises:
        PipelineError: nothing is there, it has no `.keras` file, or the tracking server does not answer.
    """
    model, tracking = config.model, config.tracking
    start = find_source_model(model.init_from, INIT_FROM, tracking, root) if model.init_from else None
    members = [
        find_source_model(source, f"{ENSEMBLE}.{number}", tracking, root)
        for number, source in enumerate(model.ensemble, 1)
    ]
    tags = {name: value for source in (start, *members) if source for name, value in source.tags.items()}
    return SourceModels(start.file if start else None, [member.file for member in members], tags)


def find_source_model(source: str, name: str, config: TrackingConfig, root: Path) -> SourceModel:
    """Return the network that `source` names.

    Args:
        source: a path, relative to the project's root, or `models:/name@alias` or `models:/name/version`; a downloaded
            copy is removed when the process ends.
        name: prefix of its tags.
        config: whose store `models:/` is looked up in.
        root: as for `find_source_models`.

    Raises:
        PipelineError: as `find_source_models`.
    """
    key = f"model.{name.partition('.')[0]}"
    if not source.startswith(REGISTRY):
        file = _in_project(source, key, root)
        return SourceModel(file, {f"{name}.digest": file_digest(file)[:SHORT]})
    open_store(config, root)
    file, version = download_keras_file(source, key)
    return SourceModel(file, {f"{name}.digest": file_digest(file)[:SHORT], f"{name}.version": version})


def download_keras_file(source: str, key: str) -> tuple[Path, str]:
    """Return the `.keras` file of a copy of a registered model, and `name/version`.

    Args:
        source: `models:/name@alias` or `models:/name/version` in the store that MLflow points to; the copy is removed
            when the process ends.
        key: what named it, for errors.

    Raises:
        PipelineError: there is no such model, or it is not a Keras model.
    """
    try:
        version = _version(source.removeprefix(REGISTRY))
        return _downloaded(REGISTRY + version, key), version
    except (MlflowException, OSError) as error:
        raise PipelineError(f"{key}: MLflow has no model at {source}: {one_line(error)}") from None


def _in_project(source: str, key: str, root: Path) -> Path:
    path = main_root(root) / source
    if path.suffix != ".keras":
        raise PipelineError(f"{key}: {source!r} is not a .keras file; name one, or models:/name@alias")
    if not path.is_file():
        emptied = path.is_relative_to(main_root(root) / OUTPUTS)
        advice = "DVC removes a stage's outputs before it runs: copy the model elsewhere" if emptied else "correct it"
        raise PipelineError(f"{key}: there is no file {path}; {advice}, or name models:/name@alias")
    return path


def _version(name: str) -> str:
    """Return `name/version` for `name@alias`, and any other name as it is."""
    model, at, alias = name.rpartition("@")
    return f"{model}/{mlflow.MlflowClient().get_model_version_by_alias(model, alias).version}" if at else name


def _downloaded(uri: str, key: str) -> Path:
    """Return the `.keras` file of a copy of the model at `uri`."""
    folder = Path(tempfile.mkdtemp(prefix="source-model-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    mlflow.artifacts.download_artifacts(uri, dst_path=str(folder))
    files = sorted(folder.rglob("*.keras"))
    if not files:
        raise PipelineError(f"{key}: {uri} holds no .keras file; it must be a Keras model")
    return files[0]

"""Trained networks that the settings name: their files, and the tags that say which they were."""

import atexit
import hashlib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import mlflow
from mlflow.exceptions import MlflowException

from pipeline.base.errors import PipelineError
from pipeline.base.paths import OUTPUTS, home
from pipeline.config.schema import Config, TrackingConfig
from pipeline.tracking.store import open_store

REGISTRY = "models:/"
INIT_FROM, ENSEMBLE = "init_from", "ensemble"


@dataclass(frozen=True)
class Trained:
    """A `.keras` file, and the tags of it that a run and its model version bear.

    What a path or alias names changes, the tags do not: `NAME.digest`, the first 16 hex digits of the file's SHA-256,
    and `NAME.version`, `name/version` where the registry holds it. NAME is `init_from`, `ensemble.1`, …
    """

    file: Path
    tags: dict[str, str]


@dataclass(frozen=True)
class Networks:
    """The network to start from, those to average with, and the tags of them all."""

    start: Path | None
    members: list[Path]
    tags: dict[str, str]

    @property
    def digests(self) -> list[str]:
        """What tells these networks from others, whatever they are called."""
        return [told for name, told in self.tags.items() if name.endswith(".digest")]


def trained_networks(config: Config, root: Path) -> Networks:
    """Return what `model.init_from` and `model.ensemble` name, fetched from the registry where they are there.

    Args:
        config: with whose tracking store `models:/` is looked up.
        root: the project's, or that of the copy in which DVC runs a queued experiment.

    Raises:
        PipelineError: nothing is there, it holds no `.keras` file, or the tracking server does not answer.
    """
    model, tracking = config.model, config.tracking
    start = trained(model.init_from, INIT_FROM, tracking, root) if model.init_from else None
    members = [trained(source, f"{ENSEMBLE}.{n}", tracking, root) for n, source in enumerate(model.ensemble, 1)]
    tags = {name: told for network in (start, *members) if network for name, told in network.tags.items()}
    return Networks(start.file if start else None, [member.file for member in members], tags)


def trained(source: str, name: str, config: TrackingConfig, root: Path) -> Trained:
    """Return the network that `source` names.

    Args:
        source: a path, from the project's root where it is relative, or `models:/name@alias` or
            `models:/name/version`; what is fetched is removed when the process ends.
        name: what its tags begin with.
        config: whose store `models:/` is looked up in.
        root: as for `trained_networks`.

    Raises:
        PipelineError: as `trained_networks`.
    """
    key = f"model.{name.partition('.')[0]}"
    if not source.startswith(REGISTRY):
        file = _in_project(source, key, root)
        return Trained(file, {f"{name}.digest": _digest(file)})
    open_store(config, root)
    try:
        version = _version(source.removeprefix(REGISTRY))
        file = _fetched(REGISTRY + version, key)
    except (MlflowException, OSError) as error:
        told = " ".join(str(error).split())[:200]
        raise PipelineError(f"{key}: MLflow has no model at {source}: {told}") from None
    return Trained(file, {f"{name}.digest": _digest(file), f"{name}.version": version})


def _in_project(source: str, key: str, root: Path) -> Path:
    path = home(root) / source
    if path.suffix != ".keras":
        raise PipelineError(f"{key}: {source!r} is not a .keras file; name one, or models:/name@alias")
    if not path.is_file():
        emptied = path.is_relative_to(home(root) / OUTPUTS)
        advice = "DVC removes a stage's outputs before it runs: copy the model elsewhere" if emptied else "correct it"
        raise PipelineError(f"{key}: there is no file {path}; {advice}, or name models:/name@alias")
    return path


def _version(name: str) -> str:
    """Return `name/version` for `name@alias`, and any other name as it is."""
    model, at, alias = name.rpartition("@")
    return f"{model}/{mlflow.MlflowClient().get_model_version_by_alias(model, alias).version}" if at else name


def _fetched(uri: str, key: str) -> Path:
    """Return the `.keras` file of a copy of the model at `uri`."""
    folder = Path(tempfile.mkdtemp(prefix="trained-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    mlflow.artifacts.download_artifacts(uri, dst_path=str(folder))
    found = sorted(folder.rglob("*.keras"))
    if not found:
        raise PipelineError(f"{key}: {uri} holds no .keras file; it must be a Keras model")
    return found[0]


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16]

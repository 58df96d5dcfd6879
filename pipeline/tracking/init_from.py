"""The trained weights that a training starts from: their file, and the tags that say which they were."""

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
from pipeline.config.schema import TrackingConfig
from pipeline.tracking.store import open_store

REGISTRY = "models:/"
DIGEST, VERSION = "init_from.digest", "init_from.version"  # a path's file and an alias's version change; these do not


@dataclass(frozen=True)
class Start:
    """A `.keras` file of trained weights, and the tags that its run and model version bear."""

    file: Path
    tags: dict[str, str]


def start_of(source: str, config: TrackingConfig, root: Path) -> Start:
    """Return the trained weights that `source` names, fetched from the registry where they are there.

    Args:
        source: a path, from the project's root where it is relative, or `models:/name@alias` or
            `models:/name/version`.
        config: whose store `models:/` is looked up in.
        root: the project's, or that of the copy in which DVC runs a queued experiment.

    Returns:
        The file (what was fetched is removed when the process ends) and its tags: the first 16 hex digits of its
        SHA-256, and `name/version` where the registry holds it.

    Raises:
        PipelineError: nothing is there, it holds no `.keras` file, or the tracking server does not answer.
    """
    if not source.startswith(REGISTRY):
        file = _in_project(source, root)
        return Start(file, {DIGEST: _digest(file)})
    open_store(config, root)
    try:
        version = _version(source.removeprefix(REGISTRY))
        file = _fetched(REGISTRY + version)
    except (MlflowException, OSError) as error:
        told = " ".join(str(error).split())[:200]
        raise PipelineError(f"model.init_from: MLflow has no model at {source}: {told}") from None
    return Start(file, {DIGEST: _digest(file), VERSION: version})


def _in_project(source: str, root: Path) -> Path:
    path = home(root) / source
    if path.suffix != ".keras":
        raise PipelineError(f"model.init_from: {source!r} is not a .keras file; name one, or models:/name@alias")
    if not path.is_file():
        emptied = path.is_relative_to(home(root) / OUTPUTS)
        advice = "DVC removes a stage's outputs before it runs: copy the model elsewhere" if emptied else "correct it"
        raise PipelineError(f"model.init_from: there is no file {path}; {advice}, or name models:/name@alias")
    return path


def _version(name: str) -> str:
    """Return `name/version` for `name@alias`, and any other name as it is."""
    model, at, alias = name.rpartition("@")
    return f"{model}/{mlflow.MlflowClient().get_model_version_by_alias(model, alias).version}" if at else name


def _fetched(uri: str) -> Path:
    """Return the `.keras` file of a copy of the model at `uri`."""
    folder = Path(tempfile.mkdtemp(prefix="init-from-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    mlflow.artifacts.download_artifacts(uri, dst_path=str(folder))
    found = sorted(folder.rglob("*.keras"))
    if not found:
        raise PipelineError(f"model.init_from: {uri} holds no .keras file; it must be a Keras model")
    return found[0]


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16]

"""The files of a registered version, and what its run keeps about them."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import mlflow
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from pipeline.base.errors import PipelineError, one_line
from pipeline.base.printable import printable

FOLDER = "provenance"  # of the run's artifacts
MANIFEST, SIGNATURE = f"{FOLDER}/manifest.json", f"{FOLDER}/model.sig"
MANIFEST_DIGEST = "manifest.digest"  # tag of a version: SHA-256 of its manifest, in hex
SIGNED_BY = "signature.key"  # tag of a version: fingerprint of the key that signed it
ADDED_BY_MLFLOW = "registered_model_meta"  # a file in copies that MLflow downloads


def version_title(version: ModelVersion) -> str:
    """Return what to call a version, for people."""
    return printable(f"{version.name} version {version.version}")


@contextmanager
def version_files(version: ModelVersion) -> Iterator[Path]:
    """Yield a folder with a copy of a version's files; it is removed at the end.

    Raises:
        PipelineError: they cannot be read, or are gone.
    """
    with tempfile.TemporaryDirectory(prefix="version-") as temporary:
        folder = Path(temporary) / "model"
        folder.mkdir()
        try:
            mlflow.artifacts.download_artifacts(artifact_uri=version.source, dst_path=str(folder))
        except (MlflowException, OSError) as error:
            raise PipelineError(
                f"the files of {version_title(version)} cannot be read, or are gone: {one_line(error)}"
            ) from None
        (folder / ADDED_BY_MLFLOW).unlink(missing_ok=True)
        yield folder


@contextmanager
def kept_file(version: ModelVersion, path: str) -> Iterator[Path | None]:
    """Yield a copy of a file that the version's run keeps, or None if it, or the run, is not there.

    The copy is removed at the end.

    Args:
        version: a registered one.
        path: among the run's artifacts.

    Raises:
        MlflowException: the store cannot be asked.
    """
    client, folder = mlflow.MlflowClient(), path.rpartition("/")[0] or None
    if not version.run_id or path not in {file.path for file in client.list_artifacts(version.run_id, folder)}:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="version-") as temporary:
        yield Path(mlflow.artifacts.download_artifacts(run_id=version.run_id, artifact_path=path, dst_path=temporary))


def keep_file(version: ModelVersion, file: Path, path: str) -> None:
    """Log a file to the version's run, in place of an earlier one.

    Args:
        version: a registered one.
        file: whose name is the last part of `path`.
        path: among the run's artifacts.

    Raises:
        PipelineError: the version has no run.
    """
    if not version.run_id:
        raise PipelineError(
            f"{version_title(version)} has no MLflow run to keep files in: it was registered outside this project"
        )
    mlflow.log_artifact(str(file), path.rpartition("/")[0] or None, run_id=version.run_id)

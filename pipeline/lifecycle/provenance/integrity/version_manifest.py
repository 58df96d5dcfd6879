"""The manifest and the signature of a registered version: written at registration, or later by hand."""

import tempfile
from pathlib import Path

import mlflow
from mlflow.entities.model_registry import ModelVersion

from pipeline.base.errors import PipelineError
from pipeline.base.paths import main_root
from pipeline.config.schema.pipeline_schema import TrackingConfig
from pipeline.lifecycle.provenance.integrity.file_manifest import FileManifest, folder_manifest
from pipeline.lifecycle.provenance.integrity.model_signature import check_signing, sign_folder
from pipeline.lifecycle.provenance.integrity.version_files import (
    MANIFEST,
    MANIFEST_DIGEST,
    SIGNATURE,
    SIGNED_BY,
    keep_file,
    version_files,
    version_title,
)


def write_manifest(name: str, number: int, key: Path | None = None) -> str:
    """Write the manifest of a registered version, and sign its files if there is a key; return the manifest's digest.

    What is there already stays. The version's tag `manifest.digest` is written last: a call that was interrupted is
    completed by calling again.

    Args:
        name: of the registered model.
        number: of the version.
        key: file of a private key (PEM); None: the files are not signed.

    Raises:
        PipelineError: the files cannot be read, the library for signatures is missing, the key is none, or the files
            have changed since the manifest was written.
        MlflowException: there is no such version, or the store cannot be asked.
    """
    version = mlflow.MlflowClient().get_model_version(name, str(number))
    signer = check_signing(key) if key else None
    recorded = version.tags.get(MANIFEST_DIGEST)
    if recorded and (signer is None or version.tags.get(SIGNED_BY) == signer):
        return str(recorded)
    with version_files(version) as folder:
        manifest = folder_manifest(folder)
        if recorded and recorded != manifest.digest:
            raise PipelineError(
                f"the files of {version_title(version)} have changed since it was registered, so they are not signed; "
                f"python -m pipeline.models verify {name}/{number} names them"
            )
        if not recorded:
            _keep_manifest(version, manifest)
        if key:
            _sign(version, folder, key)
    return manifest.digest


def signing_key(config: TrackingConfig, root: Path) -> Path | None:
    """Return the file of the key with which versions are signed when they are registered; None: they are not.

    Args:
        config: `signing_key` is relative to the project's folder; `~` is the user's home.
        root: the project's folder.

    Raises:
        PipelineError: the library for signatures is missing, or the file is no such key.
    """
    if config.signing_key is None:
        return None
    file = main_root(root) / Path(config.signing_key).expanduser()
    check_signing(file)
    return file


def _keep_manifest(version: ModelVersion, manifest: FileManifest) -> None:
    with tempfile.TemporaryDirectory(prefix="manifest-") as temporary:
        file = Path(temporary) / Path(MANIFEST).name
        file.write_text(manifest.to_json(), encoding="utf-8")
        keep_file(version, file, MANIFEST)
    mlflow.MlflowClient().set_model_version_tag(version.name, version.version, MANIFEST_DIGEST, manifest.digest)


def _sign(version: ModelVersion, folder: Path, key: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="signature-") as temporary:
        file = Path(temporary) / Path(SIGNATURE).name
        signer = sign_folder(folder, key, file)
        keep_file(version, file, SIGNATURE)
    mlflow.MlflowClient().set_model_version_tag(version.name, version.version, SIGNED_BY, signer)

"""Whether the files of a registered version are still those that were registered."""

from dataclasses import dataclass
from pathlib import Path

from mlflow.entities.model_registry import ModelVersion

from pipeline.base.errors import PipelineError
from pipeline.lifecycle.provenance.integrity.file_manifest import FileManifest, folder_manifest, manifest_difference
from pipeline.lifecycle.provenance.integrity.key_file import check_public_key, fingerprint
from pipeline.lifecycle.provenance.integrity.model_signature import check_signature
from pipeline.lifecycle.provenance.integrity.version_files import (
    MANIFEST,
    MANIFEST_DIGEST,
    SIGNATURE,
    kept_file,
    version_files,
    version_title,
)


@dataclass(frozen=True)
class Verification:
    """What was checked.

    Attributes:
        title: what to call the version.
        files: how many files it has.
        manifest_digest: SHA-256 of the manifest, as the registry has it.
        problems: what is not as it was registered or signed, a sentence or a line of paths each; empty: all is well.
        signer: fingerprint of the key that made the signature; None if no signature was checked, or it is wrong.
    """

    title: str
    files: int
    manifest_digest: str
    problems: tuple[str, ...]
    signer: str | None


def verify_version(version: ModelVersion, key: Path | None = None) -> Verification:
    """Compare a version's files with its manifest, and check its signature if there is a key.

    Args:
        version: a registered one.
        key: file of the signer's public key (PEM); None: signatures are not checked.

    Raises:
        PipelineError: it has no manifest, its files cannot be read, or the key is none.
    """
    digest, title = version.tags.get(MANIFEST_DIGEST), version_title(version)
    if not digest and key is None:
        raise PipelineError(
            f"{title} has no manifest: it was registered outside this project, or by an earlier version of it, so "
            "there is nothing to compare its files with"
        )
    owner = fingerprint(check_public_key(key)) if key else None
    with version_files(version) as folder:
        found = folder_manifest(folder)
        problems = _file_problems(version, digest, found) if digest else []
        unsigned = _signature_problem(version, folder, key) if key else None
    if unsigned:
        problems.append(unsigned)
    return Verification(title, len(found.files), digest or "", tuple(problems), None if unsigned else owner)


def _file_problems(version: ModelVersion, digest: str, found: FileManifest) -> list[str]:
    """Return what distinguishes the files from the manifest, whose digest the registry has."""
    if found.digest == digest:
        return []
    with kept_file(version, MANIFEST) as file:
        if file is None:
            return [f"its files have changed; which is unknown, since {MANIFEST} of its run is gone"]
        try:
            recorded = FileManifest.from_json(file.read_text(encoding="utf-8"), MANIFEST)
        except (PipelineError, UnicodeDecodeError):
            recorded = None
    if recorded is None or recorded.digest != digest:
        return [f"its files have changed; which is unknown, since {MANIFEST} of its run was altered too"]
    return manifest_difference(recorded, found).sentences()


def _signature_problem(version: ModelVersion, folder: Path, key: Path) -> str | None:
    with kept_file(version, SIGNATURE) as file:
        if file is None:
            return "it is not signed"
        wrong = check_signature(folder, key, file)
    return f"its signature does not hold: {wrong}" if wrong else None

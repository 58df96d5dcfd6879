"""The files of a folder with their digests, and what has changed since."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.base.digests import file_digest, text_digest
from pipeline.base.errors import PipelineError

FORMAT = 1  # of the JSON document


@dataclass(frozen=True)
class FileManifest:
    """Files and their digests.

    Attributes:
        files: SHA-256 in hex, by path below the folder, with `/` between folders.
    """

    files: Mapping[str, str]

    def to_json(self) -> str:
        """Return the manifest as a JSON document, equal for equal files."""
        document = {"format": FORMAT, "algorithm": "sha256", "files": dict(sorted(self.files.items()))}
        return json.dumps(document, indent=1, ensure_ascii=False) + "\n"

    @property
    def digest(self) -> str:
        """SHA-256 of the JSON document, in hex."""
        return text_digest(self.to_json())

    @classmethod
    def from_json(cls, text: str, place: str) -> "FileManifest":
        """Return the manifest that `to_json` wrote.

        Args:
            text: JSON.
            place: where it was found, for the error.

        Raises:
            PipelineError: `text` is no such document.
        """
        try:
            document = json.loads(text)
            if document["format"] != FORMAT:
                raise ValueError(document["format"])
            return cls({str(path): str(digest) for path, digest in document["files"].items()})
        except (ValueError, TypeError, KeyError, AttributeError):
            raise PipelineError(f"{place} is damaged: it is no manifest of this project") from None


@dataclass(frozen=True)
class ManifestDifference:
    """What distinguishes a folder from its manifest: paths below the folder."""

    changed: tuple[str, ...]
    missing: tuple[str, ...]
    new: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.changed or self.missing or self.new)

    def sentences(self) -> list[str]:
        """Return a line for each kind of difference that there is."""
        kinds = {"changed": self.changed, "missing": self.missing, "new": self.new}
        return [f"{kind}: {', '.join(paths)}" for kind, paths in kinds.items() if paths]


def folder_manifest(folder: Path) -> FileManifest:
    """Return the manifest of all files in `folder`, also in its sub-folders; a link counts as what it leads to."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return FileManifest({path.relative_to(folder).as_posix(): file_digest(path) for path in files})


def manifest_difference(recorded: FileManifest, found: FileManifest) -> ManifestDifference:
    """Return what has changed from `recorded` to `found`."""
    both = recorded.files.keys() & found.files.keys()
    return ManifestDifference(
        changed=tuple(sorted(path for path in both if recorded.files[path] != found.files[path])),
        missing=tuple(sorted(recorded.files.keys() - found.files.keys())),
        new=tuple(sorted(found.files.keys() - recorded.files.keys())),
    )

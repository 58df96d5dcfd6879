"""What experiments and registered models are named after: a named data set, or the place of one's own photos."""

import re
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from omegaconf import OmegaConf

RESOLVER = "dataset"
OF_ANYBODY = ("folder", "table")  # names of conf/data/ that say nothing about what is in the pictures
GENERIC = {
    "archive", "class", "classes", "data", "dataset", "datasets", "download", "downloads", "file", "files",
    "folder", "image", "images", "img", "imgs", "input", "inputs", "jpeg", "jpg", "original", "originals",
    "photo", "photos", "pic", "pics", "picture", "pictures", "png", "raw", "sample", "samples", "test", "train",
    "training", "val", "validation",
}  # fmt: skip
ARCHIVE = re.compile(r"\.(zip|tar|tgz|tbz2?|txz|tar\.(gz|bz2|xz))$", re.IGNORECASE)
LONGEST = 80  # characters


def dataset_slug(name: str, path: str | None) -> str:
    """Return what to name experiments and registered models after.

    Args:
        name: of the file in conf/data/.
        path: of one's own photos, or None.

    Returns:
        `name` if it says what is in the pictures. For `folder` and `table` the last part of the path, without an
        archive's suffix; where that could be anybody's (`images`, `train`), the parts above it in front, as far up as
        the first that could not. Only letters of any alphabet (`ü` and `花` too; in lower case where there is one),
        digits, `-`, `_` and `.`, which MLflow takes.

    Example:
        >>> dataset_slug("folder", "/home/ann/flowers/images")
        'flowers-images'
    """
    if name not in OF_ANYBODY or not path:
        return name
    chosen: list[str] = []
    for part in reversed(_parts(path)):
        chosen.insert(0, part)
        if part not in GENERIC:
            break
    return "-".join(chosen)[:LONGEST].strip("-.") or name


def register_dataset_resolver() -> None:
    """Make `${dataset:NAME,PATH}` known to OmegaConf; calling it again changes nothing."""
    if not OmegaConf.has_resolver(RESOLVER):
        OmegaConf.register_new_resolver(RESOLVER, dataset_slug)


def _parts(path: str) -> list[str]:
    """Return the parts of a path or address as slugs, without those that say nothing."""
    if "://" in path:
        address = urlsplit(path)
        path = f"{address.hostname or ''}/{address.path}"  # what follows may be a secret signature
    parts = PurePosixPath(path).parts
    slugs = [_slug(ARCHIVE.sub("", part) if part == parts[-1] else part) for part in parts]
    return [slug for slug in slugs if slug]


def _slug(part: str) -> str:
    return re.sub(r"[^\w.]+", "-", part.lower()).strip("-._")

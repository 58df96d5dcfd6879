"""What decides about pixels and measures besides the files and the size: our code, and versions of the decoders."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from PIL import features

from pipeline.base.digests import file_digest, json_digest

CODE = ("runtime/images", "data/audit/icon_measures.py", "data/audit/image_measures.py",
        "data/audit/similarity/thumbnail.py", "data/decoded_image.py", "data/packing")  # fmt: skip
LIBRARIES = ("jpg", "jpg_2000", "libtiff", "webp", "avif", "zlib")  # that Pillow decodes with
PACKAGES = ("numpy", "pillow", "pi-heif")


@cache
def decoder_digest() -> str:
    """Return a digest that changes when the same file may become other pixels or measures."""
    root = Path(__file__).parents[2]
    files = sorted(file for place in CODE for file in ([root / place] if place.endswith(".py") else
                   (root / place).rglob("*.py")))  # fmt: skip
    code = {file.relative_to(root).as_posix(): file_digest(file) for file in files}
    return json_digest([code, {name: features.version(name) for name in LIBRARIES}, [*map(_version, PACKAGES)]])


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None

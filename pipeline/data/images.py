"""One record read, checked and brought to the configured size."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from pipeline.config.schema import DataConfig
from pipeline.data.record import Record

WHITE = (255, 255, 255, 255)


@dataclass(frozen=True)
class Decoded:
    """A record's pixels at the configured size, or why there are none."""

    record: Record
    pixels: NDArray[np.uint8] | None
    digest: str
    width: int
    height: int
    verdict: str


def decode(record: Record, config: DataConfig) -> Decoded:
    """Read one image.

    The digest is that of the decoded pixels at their original size, so the same picture in two files,
    encodings or target sizes has one digest. EXIF rotation is applied; transparency is laid on white;
    16-bit grey is scaled to 8; of an animation the first frame counts.

    Returns:
        `pixels` uint8 (height, width, channels) with verdict `ok`, or None with verdict `unreadable: ...`.
    """
    try:
        with record.open() as opened:
            image = _upright_rgb(opened)
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        return Decoded(record, None, "", 0, 0, f"unreadable: {' '.join(str(error).split())}")
    digest = hashlib.sha256(f"{image.size}".encode() + image.tobytes()).hexdigest()
    return Decoded(record, _resized(image, config), digest, image.width, image.height, "ok")


def _upright_rgb(opened: Image.Image) -> Image.Image:
    opened.load()
    if opened.mode.startswith("I"):
        deep = np.asarray(opened).astype(np.int64)
        opened = Image.fromarray(np.clip(deep // 257 if deep.max() > 255 else deep, 0, 255).astype(np.uint8))
    upright = ImageOps.exif_transpose(opened)
    if upright.has_transparency_data:
        upright = Image.alpha_composite(Image.new("RGBA", upright.size, WHITE), upright.convert("RGBA"))
    return upright.convert("RGB")


def _resized(image: Image.Image, config: DataConfig) -> NDArray[np.uint8]:
    size, bilinear = (config.width, config.height), Image.Resampling.BILINEAR
    if config.resize == "crop":
        image = ImageOps.fit(image, size, bilinear)
    elif config.resize == "pad":
        image = ImageOps.pad(image, size, bilinear)
    else:
        image = image.resize(size, bilinear)
    pixels = np.asarray(image.convert("L") if config.channels == 1 else image)
    return pixels.reshape(config.height, config.width, config.channels)

"""Gray images of more than 8 bits, or of floating-point numbers, brought to 0…255."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .unreadable_error import UnreadableError

RANGES = (255, 4_095, 65_535)  # of 8, 12 and 16 bits
SCALED = ("PPM", "JPEG2000")  # formats that state their range, and that Pillow has brought to 16 bits
OVERSHOOT = 0.1  # of a range: what sharpening and resampling add to floating-point pixels is clipped
DIMMEST = 16.0  # floating-point pixels above 0…1 whose largest is below this are neither 0…1 nor 0…255
BITS_PER_SAMPLE, MAX_SAMPLE_VALUE = 258, 281  # TIFF tags


def is_deep(image: Image.Image) -> bool:
    """Return whether the pixels are gray, of 16 or 32 bits."""
    return image.mode.startswith(("I", "F"))


def stated_range(image: Image.Image) -> int | None:
    """Return the largest value that the file says its pixels can have, or None; `image` as it was opened."""
    if image.format in SCALED:
        return RANGES[-1]
    tags: Any = getattr(image, "tag_v2", {})
    if _only(tags.get(BITS_PER_SAMPLE)) == 12:
        return RANGES[1]
    stated = _only(tags.get(MAX_SAMPLE_VALUE))
    return stated if isinstance(stated, int) and RANGES[0] <= stated <= RANGES[-1] else None


def _only(value: Any) -> Any:
    return value[0] if isinstance(value, tuple) and len(value) == 1 else value


def eight_bits(image: Image.Image, stated: int | None) -> Image.Image:
    """Return a deep gray image as gray of 8 bits; a transparent level becomes white.

    Args:
        image: of a mode for which `is_deep` is true.
        stated: `stated_range` of the image as it was opened.

    Raises:
        UnreadableError: negative, infinite or NaN values, or larger ones than 65,535.
    """
    values = np.asarray(image)
    low, high = values.min(), values.max()
    if image.mode == "F":
        scaled = _of_floats(values, float(low), float(high))
    else:
        scaled = _of_integers(values, int(low), int(high), stated)
    transparent = image.info.get("transparency")
    if isinstance(transparent, int):
        scaled[values == transparent] = 255
    return Image.fromarray(scaled)


def _of_integers(values: NDArray[Any], low: int, high: int, stated: int | None) -> NDArray[np.uint8]:
    if low < 0 or high > RANGES[-1]:
        raise UnreadableError(f"its pixels are from {low:,} to {high:,}: scale them to 0…255 or to 0…65,535")
    top = stated if stated and stated >= high else next(one for one in RANGES if one >= high)
    if top == RANGES[0]:
        return values.astype(np.uint8)
    if top == RANGES[-1]:
        return (values // 257).astype(np.uint8)
    return (values.astype(np.uint32) * 255 // top).astype(np.uint8)


def _of_floats(values: NDArray[Any], low: float, high: float) -> NDArray[np.uint8]:
    if not (np.isfinite(low) and np.isfinite(high)):
        raise UnreadableError("some of its pixels are NaN or infinite")
    top = next((one for one in (1, *RANGES) if high <= one * (1 + OVERSHOOT)), 0)
    if not top or low < -OVERSHOOT * top or (top > 1 and high < DIMMEST):
        raise UnreadableError(f"its pixels are from {low:g} to {high:g}: scale them to 0…1 or to 0…255")
    return np.rint(np.clip(values * np.float32(255 / top), 0, 255)).astype(np.uint8)

"""How far a JPEG decoder may reduce a photo: it skips the finest frequencies, which costs a fraction of the time."""

from PIL import Image

from .orientation import SIDEWAYS, orientation
from .preprocessing import Preprocessing

FORMATS = ("JPEG", "MPO")
SCALES = (8, 4, 2)  # that the decoder knows
LEAST_SIDE = 128  # pixels of the longer side that are kept whatever the target, for what is measured on photos


def reduce_jpeg(opened: Image.Image, target: Preprocessing | None) -> tuple[int, int] | None:
    """Let the decoder of a large JPEG photo leave out pixels; return the size that it had then, else None.

    Args:
        opened: an image of any format whose pixels are not decoded yet.
        target: what it will be resized to; None: nothing, it is only measured.
    """
    width, height = size = opened.size
    if opened.format not in FORMATS or max(size) < SCALES[-1] * LEAST_SIDE:
        return None
    scale = jpeg_scale((height, width) if orientation(opened) in SIDEWAYS else size, target)
    if scale > 1:
        opened.draft(None, (width // scale, height // scale))
    return None if opened.size == size else size


def jpeg_scale(size: tuple[int, int], target: Preprocessing | None) -> int:
    """Return by which of 8, 4, 2 and 1 the decoder may divide the sides, so that resizing enlarges nothing again.

    Args:
        size: width and height of the upright photo, in pixels.
        target: what it will be resized to; None: nothing, only `LEAST_SIDE` counts.
    """
    most = max(size) / LEAST_SIDE
    if target:
        ratios = size[0] / target.width, size[1] / target.height
        most = min(most, max(ratios) if target.resize == "pad" else min(ratios))
    return next((scale for scale in SCALES if scale <= min(most, *size)), 1)

"""The pictures of a page: embedded JPEGs, and evidence shown as a glow over a dim gray copy of the picture."""

import base64
import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

LONGEST = 224  # pixels of the long side
SMALL = 64  # pictures up to this long are shown with square pixels
DIM = 0.34  # how bright the picture stays where there is no evidence
LEAST = 1e-30  # what evidence is divided by, if it is zero everywhere
GLOW = 0.76  # how bright a black pixel becomes where the evidence is highest
HEAT = ((0.0, 0.35, 0.7, 1.0), ((0, 0, 0), (150, 45, 20), (245, 140, 20), (255, 212, 122)))  # evidence, its colour


@dataclass(frozen=True)
class EmbeddedPicture:
    """A picture for an HTML page.

    Attributes:
        data: JPEG, base64.
        width: in pixels.
        height: in pixels.
        small: whether it needs square pixels when enlarged.
    """

    data: str
    width: int
    height: int
    small: bool


def embedded_picture(pixels: NDArray[np.uint8], longest: int = LONGEST) -> EmbeddedPicture:
    """Return a picture, made smaller if it is large.

    Args:
        pixels: uint8 (rows, columns, 3).
        longest: pixels of the long side, at most.
    """
    picture = _reduced(pixels, longest)
    small = max(picture.size) <= SMALL
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=95 if small else 85, subsampling=0 if small else 2)
    return EmbeddedPicture(base64.b64encode(buffer.getvalue()).decode("ascii"), *picture.size, small)


def evidence_overlay(
    pixels: NDArray[np.uint8], evidence: NDArray[np.float32], longest: int = LONGEST
) -> NDArray[np.uint8]:
    """Return a dim gray copy of a picture that glows where evidence is positive: uint8 (rows, columns, 3).

    A small picture is enlarged, pixel by pixel, so that the glow is smooth.

    Args:
        pixels: uint8 (rows, columns, 3).
        evidence: float32 (grid rows, grid columns), any scale; the highest value glows fully.
        longest: pixels of the long side, at most.
    """
    picture = _reduced(pixels, longest).convert("L")
    if max(picture.size) <= SMALL:
        times = longest // max(picture.size)
        picture = picture.resize((picture.width * times, picture.height * times), Image.Resampling.NEAREST)
    gray = np.asarray(picture, np.float32)[..., None] / 255
    heat = _positive(evidence, picture.size)
    positions, colours = HEAT
    colour = np.stack([np.interp(heat, positions, channel) for channel in zip(*colours, strict=True)], axis=-1)
    mixed = 255 * DIM * gray * (1 - heat[..., None]) + colour * (GLOW + (1 - GLOW) * gray)
    return np.clip(np.rint(mixed), 0, 255).astype(np.uint8)


def strongest_place(evidence: NDArray[np.float32]) -> str:
    """Return in words where evidence is highest, such as `top left`; empty if none is positive.

    Args:
        evidence: float32 (grid rows, grid columns).
    """
    known = np.nan_to_num(evidence, nan=0.0)
    if known.max() <= 0:
        return ""
    row, column = np.unravel_index(known.argmax(), known.shape)
    vertical = ("top", "", "bottom")[int(3 * (row + 0.5) / known.shape[0])]
    horizontal = ("left", "", "right")[int(3 * (column + 0.5) / known.shape[1])]
    return " ".join(word for word in (vertical, horizontal) if word) or "centre"


def _reduced(pixels: NDArray[np.uint8], longest: int) -> Image.Image:
    picture = Image.fromarray(pixels)
    picture.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return picture


def _positive(evidence: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    """Return the positive part of `evidence`, enlarged smoothly to (width, height) and scaled from 0 to 1."""
    known = np.nan_to_num(np.asarray(evidence, np.float32), nan=0.0)
    known = known / max(float(np.abs(known).max()), LEAST)
    smooth = np.asarray(Image.fromarray(known).resize(size, Image.Resampling.BICUBIC), np.float32)
    positive: NDArray[np.float32] = np.clip(smooth, 0, None)
    return positive / np.float32(max(float(positive.max()), LEAST))

"""Why an image cannot be decoded: a verdict and a reason in plain words."""

import re
from typing import Literal

from PIL import Image, UnidentifiedImageError

from ..pipeline_error import one_line

Verdict = Literal["not_an_image", "truncated", "unreadable", "too_many_pixels"]
UNKNOWN_FORMAT = "not an image of a format that Pillow reads"
# What Pillow's decoders say where a file ends too early; the containers' own lengths say it where they do not.
_TRUNCATED = re.compile(
    r"truncated|reached eof|unexpected eof|incomplete header|expected to read|not enough (image data|values)"
    r"|buffer is not large enough",
    re.IGNORECASE,
)


class UnreadableError(Exception):
    """An image cannot be decoded; the message is the reason, on one line.

    Args:
        reason: in plain words.
        verdict: the kind of the reason.
    """

    def __init__(self, reason: str, verdict: Verdict = "unreadable") -> None:
        super().__init__(reason)
        self.verdict: Verdict = verdict


def unreadable(error: Exception) -> UnreadableError:
    """Return what a decoder raised, whatever it is, as an UnreadableError."""
    if isinstance(error, UnreadableError):
        return error
    if isinstance(error, UnidentifiedImageError):
        return UnreadableError(UNKNOWN_FORMAT, "not_an_image")
    if isinstance(error, Image.DecompressionBombError):  # of an image inside the image
        return UnreadableError(_pixels_of_bomb(error), "too_many_pixels")
    truncated = isinstance(error, EOFError) or _TRUNCATED.search(str(error))
    return UnreadableError(_reason(error), "truncated" if truncated else "unreadable")


def too_many_pixels(pixels: int, limit: int) -> UnreadableError:
    """Return the error of an image that has more pixels than the limit."""
    return UnreadableError(f"{pixels:,} pixels, more than {limit:,}", "too_many_pixels")


def _pixels_of_bomb(error: Exception) -> str:
    numbers = [int(number) for number in re.findall(r"\d+", str(error))]
    return str(too_many_pixels(*numbers[:2])) if len(numbers) >= 2 else one_line(error)


def _reason(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return "not enough memory to decode it"
    if isinstance(error, EOFError):
        return one_line(error) or "the file ends too early"
    text = getattr(error, "strerror", None) or one_line(error)
    if isinstance(error, OSError | SyntaxError | ValueError) and text:
        return str(text)
    return f"damaged ({type(error).__name__}: {text})" if text else f"damaged ({type(error).__name__})"

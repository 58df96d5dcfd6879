"""Which files are images: every format that Pillow decodes by itself, known by content, and HEIC where it can."""

import io
import os
import struct
from collections.abc import Callable, Collection, Iterator
from functools import cache
from typing import IO, BinaryIO

from PIL import Image

from .file_end import ends_early
from .heic_photo import is_heic, register_heif
from .unreadable_error import UNKNOWN_FORMAT, UnreadableError, unreadable

# Formats that start another program (EPS, WMF) or of which Pillow knows the name only.
NOT_READ = frozenset({"EPS", "WMF", "BUFR", "GRIB", "HDF5", "MPEG"})
COMMON = ("JPEG", "PNG", "GIF", "BMP", "PPM")  # those that Pillow knows before it imports all its plugins
# Formats whose first bytes leave no doubt: a file that begins so and cannot be opened is a damaged image.
SIGNED = frozenset({
    "JPEG", "PNG", "GIF", "WEBP", "TIFF", "AVIF", "HEIF", "JPEG2000", "PSD", "ICNS", "ICO", "QOI", "DDS", "BLP", "SUN",
    "FTEX", "MSP",
})  # fmt: skip
EXPECTED = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG"}
JPEG = b"\xff\xd8\xff"  # first bytes
PREFIX = 64  # bytes that tell the format

READ = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)

ImageSource = str | BinaryIO


def open_image(file: ImageSource | os.PathLike[str], formats: Collection[str] | None = None) -> Image.Image:
    """Return the image in a file, its pixels not decoded yet; as a context manager, it closes what it opened.

    Unlike `Image.open`, it sets no limit to the number of pixels (`open_upright` does, without a global), tells damaged
    images from other files, starts no other program, and never passes on what a decoder raises.

    Args:
        file: a path, or a file open for reading bytes; what its name ends with does not matter.
        formats: names of Pillow's formats to restrict it to.

    Raises:
        UnreadableError: no image, or a damaged header.
        OSError: the file cannot be read.
    """
    if isinstance(file, os.PathLike):
        file = os.fspath(file)
    elif not isinstance(file, str) and not file.seekable():
        file = io.BytesIO(file.read())
    if expected := _expected_image(file, formats):
        return expected
    prefix = _prefix(file)
    if not prefix:
        raise UnreadableError("empty file", "not_an_image")
    refused: Exception | None = None
    for name, accept in [("HEIF", None)] if is_heic(prefix) and not formats else _known_formats():
        if (formats and name not in formats) or not _accepts(accept, prefix):
            continue
        try:
            return _opened(name, file)
        except Exception as error:
            if name in SIGNED or (name == "BMP" and not any(prefix[6:10])):
                raise _damaged(error, name, file) from None
            refused = error
    if isinstance(refused, OSError) and refused.errno:  # the disk's failure, not the format's
        raise refused
    raise UnreadableError(UNKNOWN_FORMAT, "not_an_image")


def _expected_image(file: ImageSource, formats: Collection[str] | None) -> Image.Image | None:
    """Return a JPEG or PNG image whose name or first bytes say so, or None: this way it is opened once only."""
    if isinstance(file, str):
        name = EXPECTED.get(os.path.splitext(file)[1].lower())  # noqa: PTH122
    else:
        file.seek(0)
        name = "JPEG" if file.read(len(JPEG)) == JPEG else None
    if not name or (formats and name not in formats):
        return None
    Image.preinit()
    try:
        return _opened(name, file)
    except Exception:  # another format, or damaged
        return None


def _prefix(file: ImageSource) -> bytes:
    if isinstance(file, str):
        descriptor = os.open(file, READ)  # a third of the time that a file object takes
        try:
            return os.read(descriptor, PREFIX)
        finally:
            os.close(descriptor)
    file.seek(0)
    return file.read(PREFIX)


def _known_formats() -> Iterator[tuple[str, Callable[[bytes], bool | str] | None]]:
    """Yield names and tests of the first bytes: common formats, other ones with a test, those without."""
    Image.preinit()
    for name in COMMON:
        yield name, Image.OPEN[name][1]
    yield from _other_formats()


@cache
def _other_formats() -> list[tuple[str, Callable[[bytes], bool | str] | None]]:
    Image.init()
    others = [(name, accept) for name, (_, accept) in Image.OPEN.items() if name not in {*NOT_READ, *COMMON, "HEIF"}]
    return sorted(others, key=lambda one: one[1] is None)


def _accepts(accept: Callable[[bytes], bool | str] | None, prefix: bytes) -> bool:
    try:
        return accept is None or bool(accept(prefix))
    except (struct.error, IndexError):  # shorter than what is tested
        return False


def _opened(name: str, file: ImageSource) -> Image.Image:
    if name == "HEIF":
        register_heif()
    factory = Image.OPEN[name][0]
    if isinstance(file, str):
        return factory(file, "")  # type: ignore[arg-type] # every factory takes a path, and closes it then
    file.seek(0)
    return factory(file, "")


def _damaged(error: Exception, name: str, file: ImageSource) -> UnreadableError:
    found = unreadable(error)
    if found.verdict == "unreadable" and not (isinstance(error, OSError) and error.errno):
        if isinstance(file, str):
            with open(file, "rb") as opened:  # noqa: PTH123
                return truncated_or(found, opened, name)
        return truncated_or(found, file, name)
    return found


def truncated_or(found: UnreadableError, file: IO[bytes], name: str) -> UnreadableError:
    """Return `found`, or that the file is truncated, if the length that it states shows that.

    Args:
        found: the error of a decoder.
        file: the image file.
        name: of its format.
    """
    return (
        UnreadableError(f"the end of the file is missing ({found})", "truncated") if ends_early(file, name) else found
    )

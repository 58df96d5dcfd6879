"""Whether the end of an image file is missing, by the length that its container states."""

import io
import struct
from collections.abc import Callable
from typing import IO

_TIFF_WIDTHS = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}  # bytes, by type
_OFFSETS, _LENGTHS = (273, 324), (279, 325)  # of strips and of tiles


def ends_early(file: IO[bytes], name: str) -> bool:
    """Return whether the file is shorter than its container says, or lacks its end mark.

    Args:
        file: the whole file.
        name: Pillow's name of its format.
    """
    check = _CHECKS.get(name)
    if check is None:
        return False
    try:
        size = file.seek(0, io.SEEK_END)
        return check(file, size)
    except (struct.error, IndexError):  # it ends within a header
        return True
    except (OSError, ValueError):
        return False


def _read(file: IO[bytes], at: int, layout: str) -> tuple[int, ...]:
    file.seek(at)
    return struct.unpack(layout, file.read(struct.calcsize(layout)))


def _riff(file: IO[bytes], size: int) -> bool:
    return 8 + _read(file, 4, "<I")[0] > size


def _png(file: IO[bytes], size: int) -> bool:
    at, kind = 8, b""
    while kind != b"IEND":
        length, kind = _read(file, at, ">I4s")  # type: ignore[assignment]
        at += 12 + length
    return at > size


def _ends_with(mark: bytes) -> Callable[[IO[bytes], int], bool]:
    def check(file: IO[bytes], size: int) -> bool:
        file.seek(max(size - 64, 0))
        return not file.read().rstrip(b"\0\r\n").endswith(mark.rstrip(b"\0"))

    return check


def _shorter_than(header: int) -> Callable[[IO[bytes], int], bool]:
    return lambda file, size: size < header


def _boxes(file: IO[bytes], size: int) -> bool:
    """Check a sequence of boxes (AVIF, HEIC, JPEG 2000): each has its length, its name and its content."""
    if _read(file, 0, ">I")[0] == 0xFF4FFF51:  # a bare JPEG 2000 code stream
        return _ends_with(b"\xff\xd9")(file, size)
    at, kinds = 0, set()
    while at < size:
        length, kind = _read(file, at, ">I4s")
        if length == 1:
            (length,) = _read(file, at + 8, ">Q")
        kinds.add(kind)
        at = size if length == 0 else at + max(length, 8)
    return at > size or not kinds & {b"mdat", b"jp2c"}


def _tiff(file: IO[bytes], size: int) -> bool:
    order = "<" if file.seek(0) == 0 and file.read(2) == b"II" else ">"
    version, directory = _read(file, 2, f"{order}HI")
    if version != 42:  # BigTIFF
        return False
    places: list[int] = []
    lengths: list[int] = []
    for number in range(_read(file, directory, f"{order}H")[0]):
        entry = directory + 2 + 12 * number
        tag, kind, count, place = _read(file, entry, f"{order}HHII")
        width = _TIFF_WIDTHS.get(kind, 1)
        if width * count > 4 and place + width * count > size:
            return True
        if tag in (*_OFFSETS, *_LENGTHS) and kind in (3, 4):
            start = place if width * count > 4 else entry + 8
            values = _read(file, start, f"{order}{count}{'H' if kind == 3 else 'I'}")
            (places if tag in _OFFSETS else lengths).extend(values)
    return any(place + length > size for place, length in zip(places, lengths, strict=False))


def _icon(file: IO[bytes], size: int) -> bool:
    (count,) = _read(file, 4, "<H")
    entries = [_read(file, 6 + 16 * number + 8, "<II") for number in range(count)]
    return any(length + place > size for length, place in entries)


_CHECKS: dict[str, Callable[[IO[bytes], int], bool]] = {
    "JPEG": _ends_with(b"\xff\xd9"),
    "PNG": _png,
    "GIF": _ends_with(b";"),
    "BMP": lambda file, size: _read(file, 2, "<I")[0] > size,
    "WEBP": _riff,
    "AVIF": _boxes,
    "HEIF": _boxes,
    "JPEG2000": _boxes,
    "TIFF": _tiff,
    "ICO": _icon,
    "ICNS": lambda file, size: _read(file, 4, ">I")[0] > size,
    "DDS": _shorter_than(128),
    "BLP": _shorter_than(148),
    "MSP": _shorter_than(32),
    "QOI": _ends_with(b"\x01"),
}

"""HEIC photos, which Pillow reads where the package pi-heif is installed."""

from functools import cache

from .unreadable_error import UnreadableError

HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
AVIF_BRANDS = frozenset({b"avif", b"avis"})


def is_heic(prefix: bytes) -> bool:
    """Return whether the first bytes of a file are those of a HEIC photo: its brand, or others beside AVIF's."""
    if prefix[4:8] != b"ftyp":
        return False
    end = max(min(int.from_bytes(prefix[:4], "big"), len(prefix)), 12)
    brands = {prefix[8:12], *(prefix[at : at + 4] for at in range(16, end, 4))}
    if prefix[8:12] in HEIC_BRANDS:
        return True
    return prefix[8:12] in (b"mif1", b"msf1") and not brands & AVIF_BRANDS


@cache
def register_heif() -> None:
    """Let Pillow read HEIC.

    Raises:
        UnreadableError: the package is not installed.
    """
    try:
        import pi_heif
    except ImportError:
        raise UnreadableError("a HEIC photo; to read it, type: pip install pi-heif (the extra `heic`)") from None
    pi_heif.register_heif_opener()

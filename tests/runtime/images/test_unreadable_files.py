"""Damaged files: one error with a verdict and a reason, whatever a decoder raises."""

import io
import struct
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.runtime.images.decode import decode_pixels, open_upright
from pipeline.runtime.images.image_format import open_image
from pipeline.runtime.images.preprocessing import Preprocessing
from pipeline.runtime.images.unreadable_error import UnreadableError

KINDS = {
    "JPEG": ("JPEG", {}), "progressive JPEG": ("JPEG", {"progressive": True}), "PNG": ("PNG", {}), "GIF": ("GIF", {}),
    "BMP": ("BMP", {}), "WebP": ("WEBP", {}), "lossless WebP": ("WEBP", {"lossless": True}), "AVIF": ("AVIF", {}),
    "TIFF": ("TIFF", {}), "LZW TIFF": ("TIFF", {"compression": "tiff_lzw"}),
    "JPEG TIFF": ("TIFF", {"compression": "jpeg"}), "JPEG 2000": ("JPEG2000", {}),
    "JPEG 2000 stream": ("JPEG2000", {"no_jp2": True}), "ICO": ("ICO", {}), "PPM": ("PPM", {}), "QOI": ("QOI", {}),
    "DDS": ("DDS", {}), "TGA": ("TGA", {}), "PCX": ("PCX", {}), "SGI": ("SGI", {}), "IM": ("IM", {}),
}  # fmt: skip
LATER = {"TGA": 20, "PCX": 130, "IM": 600}  # bytes from which on the format is known


def verdict(content, **options):
    try:
        open_upright(lambda: open_image(io.BytesIO(content)), **options)
    except UnreadableError as error:
        return error.verdict if len(str(error).splitlines()) == 1 else f"{error}"
    return "ok"


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("kind", KINDS)
def test_a_file_whose_end_is_missing_is_truncated(kind, noise, encoded):
    form, options = KINDS[kind]
    content = encoded(noise, form, **options)
    for end in sorted({16, 40, 100, 300, *(len(content) * part // 16 for part in range(1, 16))}):
        if LATER.get(kind, 0) <= end < len(content):
            assert verdict(content[:end]) == "truncated", end


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_heic_photo_whose_end_is_missing_is_truncated(heic):
    assert {verdict(heic[:end]) for end in range(12, len(heic), 20)} == {"truncated"}


def test_a_tiff_file_without_all_rows_is_truncated(tiff):
    """Pillow leaves them black."""
    whole = tiff(np.arange(8, dtype=np.uint16), 8, 16)
    assert verdict(whole.replace(struct.pack("<HHII", 257, 4, 1, 1), struct.pack("<HHII", 257, 4, 1, 2))) == "truncated"


@pytest.mark.parametrize("kind", KINDS)
def test_what_comes_after_an_image_does_not_matter(kind, noise, encoded):
    form, options = KINDS[kind]
    assert verdict(encoded(noise, form, **options) + b"garbage" * 50) == "ok"


def test_a_chunk_that_is_too_short_is_unreadable(decoded, png):
    """Its CRC is right; Pillow raises struct.error."""
    assert decoded(png([0, 65_535], 0)) == [0, 255]
    assert verdict(png([0, 65_535], 0, after=[(b"gAMA", b"\0\1")])) == "unreadable"
    assert verdict(png([0, 65_535], 0, before=[(b"gAMA", b"\0\1")])) == "unreadable"


def test_a_tag_of_a_wrong_type_is_no_other_error(tiff):
    whole = tiff(np.arange(8, dtype=np.uint16), 8, 16)
    assert verdict(whole) == "ok"
    at = whole.index(struct.pack("<HH", 258, 4))
    assert {verdict(whole[: at + 2] + bytes([kind, 0]) + whole[at + 4 :]) for kind in range(20)} <= {"ok", "unreadable"}


RAISED = [struct.error("x"), KeyError(3), OverflowError(), MemoryError(), RecursionError(), TypeError(), OSError(5, "")]


@pytest.mark.parametrize("error", RAISED, ids=repr)
def test_whatever_is_raised_is_unreadable(error):
    def opener():
        raise error

    with pytest.raises(UnreadableError) as caught:
        decode_pixels(opener, Preprocessing(8, 8, 3, "crop"))
    assert caught.value.verdict == "unreadable"
    assert str(caught.value)


@given(form=st.sampled_from(["PNG", "GIF", "BMP", "TIFF", "WEBP", "JPEG", "ICO"]), data=st.data())
@settings(max_examples=150, deadline=None)
def test_changed_bytes_raise_nothing_else(form, data):
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((9, 7)).convert("RGB").save(buffer, form)
    content = bytearray(buffer.getvalue())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = verdict(bytes(content), max_pixels=1_000_000)
    assert found in ("ok", "not_an_image", "truncated", "unreadable", "too_many_pixels")

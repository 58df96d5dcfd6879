"""A limit in pixels that can be set, checked before pixels are decoded."""

import io
import struct
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from pipeline.runtime.images.decode import decode_pixels, open_upright
from pipeline.runtime.images.image_format import open_image
from pipeline.runtime.images.preprocessing import Preprocessing
from pipeline.runtime.images.unreadable_error import UnreadableError


@pytest.fixture(scope="module")
def large():
    """Return a PNG file that says that it has 20,030 × 10,000 pixels, of one bit."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 20_030, 10_000, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(10))) + chunk(b"IEND", b"")


def test_the_header_is_enough_to_refuse_an_image(large):
    with pytest.raises(UnreadableError) as caught:
        open_upright(lambda: open_image(io.BytesIO(large)))
    assert (caught.value.verdict, str(caught.value)) == ("too_many_pixels", "200,300,000 pixels, more than 200,000,000")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF", "WEBP", "GIF", "AVIF", "BMP"])
def test_an_image_of_more_pixels_than_pillows_own_limit_is_read_without_a_warning(encoded, monkeypatch, form):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)  # instead of a test that takes a gigabyte
    content = encoded(Image.new("RGB", (16, 10), "white"), form)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pixels = decode_pixels(lambda: open_image(io.BytesIO(content)), Preprocessing(4, 4, 3, "stretch"))
    assert (pixels == 255).all()


@pytest.mark.parametrize("options", [{}, {"compression": "tiff_lzw"}, {"exif": {0x0112: 6}}, {"mode": "P"}])
def test_a_tiff_image_above_pillows_own_limit_is_the_same_as_below(encoded, noise, monkeypatch, tmp_path, options):
    exif = Image.Exif()
    exif.update(options.get("exif", {}))
    image = noise.convert(options.get("mode", "RGB"))
    (tmp_path / "a.tif").write_bytes(encoded(image, "TIFF", compression=options.get("compression"), exif=exif))
    usual = open_upright(lambda: open_image(tmp_path / "a.tif")).image
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    assert open_upright(lambda: open_image(tmp_path / "a.tif")).image == usual


def test_each_thread_has_its_own_limit(encoded):
    content = encoded(Image.new("L", (40, 10)), "PNG")

    def fits(limit):
        try:
            return bool(open_upright(lambda: open_image(io.BytesIO(content)), limit).image)
        except UnreadableError:
            return False

    before = Image.MAX_IMAGE_PIXELS
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(fits, [399, 400] * 100)) == [False, True] * 100
    assert before == Image.MAX_IMAGE_PIXELS


def test_an_image_within_an_icon_may_not_be_larger_either(encoded):
    inside = encoded(Image.new("1", (2_000, 1_000)), "PNG")
    entry = struct.pack("<BBBBHHII", 16, 16, 0, 0, 1, 32, len(inside), 22)
    icon = struct.pack("<HHH", 0, 1, 1) + entry + inside
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(UnreadableError, match="2,000,000 pixels, more than 1,000,000"):
            open_upright(lambda: open_image(io.BytesIO(icon)), 1_000_000)


def test_where_pillow_opened_the_file_its_own_refusal_is_the_same_verdict(encoded, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    content = encoded(Image.new("1", (20, 11)), "PNG")
    with pytest.raises(UnreadableError, match="220 pixels, more than 200") as caught:
        open_upright(lambda: Image.open(io.BytesIO(content)))
    assert caught.value.verdict == "too_many_pixels"

"""What each kind of pixel becomes: the rules that decode.py states."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from pipeline.runtime.images.decode import open_upright
from pipeline.runtime.images.image_format import open_image
from pipeline.runtime.images.unreadable_error import UnreadableError

COLORS = [(255, 0, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0)]


@pytest.mark.parametrize(
    ("pixels", "levels"),
    [
        ([0, 256, 25_699, 65_535], [0, 0, 99, 255]),
        ([0, 4_096], [0, 15]),
        ([0, 16, 17, 4_094, 4_095], [0, 0, 1, 254, 255]),
        ([0, 256], [0, 15]),
        ([0, 1, 254, 255], [0, 1, 254, 255]),
        ([0, 0], [0, 0]),
    ],
)
def test_16_bit_gray_is_scaled_by_the_smallest_range_that_holds_it(decoded, png, tiff, pixels, levels):
    assert decoded(png(pixels, 0)) == levels
    assert decoded(tiff(np.array(pixels, np.uint16), len(pixels), 16)) == levels
    assert decoded(tiff(np.array(pixels, np.int32), len(pixels), 32, sample_format=2)) == levels


def test_what_the_file_says_of_its_range_comes_first(decoded, encoded, tiff):
    dim = np.array([0, 257, 2_570], np.uint16)
    assert decoded(tiff(dim, 3, 16)) == [0, 16, 160]
    assert decoded(tiff(dim, 3, 16, max_sample_value=65_535)) == [0, 1, 10]
    assert decoded(tiff(dim, 3, 16, max_sample_value=5_140)) == [0, 12, 127]
    assert decoded(tiff(dim, 3, 16, max_sample_value=2_000)) == [0, 16, 160]  # that cannot be
    assert decoded(b"P5 3 1 65535\n" + dim.astype(">u2").tobytes()) == [0, 1, 10]
    assert decoded(b"P5 3 1 4095\n" + dim.astype(">u2").tobytes()) == [0, 16, 160]
    wide = Image.fromarray(np.full((8, 8), 2_570, np.uint16))
    assert set(decoded(encoded(wide, "JPEG2000"))) == {10}


def test_packed_12_bit_gray_is_scaled(decoded, tiff):
    packed = bytes([0x00, 0x01, 0x00, 0x80, 0x00, 0x00])  # 0, 256, 2048, 0
    assert decoded(tiff(packed, 4, 12)) == [0, 15, 127, 0]


@pytest.mark.parametrize(
    ("pixels", "levels"),
    [
        ([0, 0.5, 1], [0, 128, 255]),
        ([0, 0.001], [0, 0]),
        ([-0.09, 0.5, 1.09], [0, 128, 255]),
        ([0, 99.6, 255], [0, 100, 255]),
        ([-3.5, 0, 264], [0, 0, 255]),
        ([0, 16], [0, 16]),
        ([0, 4_095], [0, 255]),
        ([0, 2_570, 65_535], [0, 10, 255]),
    ],
)
def test_floating_point_gray_is_scaled_by_the_smallest_range_that_holds_it(decoded, tiff, pixels, levels):
    assert decoded(tiff(np.array(pixels, np.float32), len(pixels), 32, sample_format=3)) == levels


@pytest.mark.parametrize(
    ("kind", "pixels", "sentence"),
    [
        (np.int16, [-1, 255], "its pixels are from -1 to 255: scale them"),
        (np.int32, [0, 65_536], "its pixels are from 0 to 65,536: scale them"),
        (np.float32, [0, 8], "its pixels are from 0 to 8: scale them"),
        (np.float32, [-1, 1], "its pixels are from -1 to 1: scale them"),
        (np.float32, [0, 1e6], r"its pixels are from 0 to 1e\+06: scale them"),
        (np.float32, [0, np.nan], "NaN or infinite"),
        (np.float32, [-np.inf, 1], "NaN or infinite"),
    ],
)
def test_pixels_of_no_known_range_are_unreadable(decoded, tiff, kind, pixels, sentence):
    file = tiff(np.array(pixels, kind), len(pixels), 8 * kind().itemsize, sample_format=3 if kind == np.float32 else 2)
    with pytest.raises(UnreadableError, match=sentence) as caught:
        decoded(file)
    assert caught.value.verdict == "unreadable"


def test_color_of_16_bits_keeps_the_upper_8(decoded, png, tiff):
    pixels = [(0, 25_699, 65_535), (4_095, 256, 255)]
    assert decoded(png(pixels, 2)) == [(0, 100, 255), (15, 1, 0)]
    wide = tiff(np.array(pixels, np.uint16), 2, 16, samples=3)
    wide = wide.replace(b"\x06\x01\x04\0\x01\0\0\0\x01", b"\x06\x01\x04\0\x01\0\0\0\x02")  # photometric: RGB
    assert decoded(wide) == [(0, 100, 255), (15, 1, 0)]


def test_transparency_of_16_bits_is_laid_on_white(decoded, png):
    assert decoded(png([(0, 65_535), (65_535, 65_535), (0, 0), (0, 32_768)], 4)) == [0, 255, 255, 127]
    assert decoded(png([0, 25_700, 65_535], 0, before=[(b"tRNS", b"\x64\x64")])) == [0, 255, 255]


def test_a_transparent_gray_level_is_laid_on_white(decoded, encoded):
    gray = Image.fromarray(np.array([[0, 100, 255]], np.uint8))
    assert decoded(encoded(gray, "PNG", transparency=100)) == [0, 255, 255]


def test_a_palette_with_levels_of_transparency_is_laid_on_white(decoded, encoded):
    image = Image.new("P", (2, 1))
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.putpixel((1, 0), 1)
    assert decoded(encoded(image, "PNG")) == [(255, 0, 0), (0, 0, 255)]
    assert decoded(encoded(image, "PNG", transparency=bytes([128, 255]))) == [(255, 127, 127), (0, 0, 255)]


@pytest.mark.parametrize("form", ["PNG", "TIFF", "GIF"])
def test_one_bit_is_black_and_white(decoded, encoded, form):
    assert decoded(encoded(Image.fromarray(np.array([[0, 255, 255]], np.uint8)).convert("1"), form)) == [0, 255, 255]


@pytest.mark.parametrize("color", COLORS)
@pytest.mark.parametrize("form", ["TIFF", "JPEG"])
def test_cmyk_becomes_rgb(decoded, encoded, form, color):
    file = encoded(Image.new("RGB", (8, 8), color).convert("CMYK"), form)
    assert set(decoded(file)) == ({color} if len(set(color)) > 1 else {color[0]})


def test_ycck_becomes_rgb(encoded):
    """Pillow writes no YCCK: these are red's values, marked by Adobe's transform 2."""
    file = encoded(Image.new("CMYK", (8, 8), (255 - 179, 255 - 171, 255 - 0, 0)), "JPEG", quality=100)
    at = file.index(b"Adobe") + 11
    file = file[:at] + b"\x02" + file[at + 1 :]
    pixel = open_upright(lambda: open_image(io.BytesIO(file))).image.getpixel((4, 4))
    np.testing.assert_allclose(pixel, (255, 0, 0), atol=3)


@pytest.mark.parametrize("color", COLORS)
def test_lab_becomes_rgb(encoded, color):
    profiles = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    lab = ImageCms.profileToProfile(Image.new("RGB", (2, 2), color), *profiles, outputMode="LAB")
    pixel = open_upright(lambda: open_image(io.BytesIO(encoded(lab, "TIFF")))).image.getpixel((0, 0))
    np.testing.assert_allclose(pixel, color, atol=25)


def test_a_color_profile_is_ignored(decoded, encoded):
    image = Image.new("RGB", (1, 1), (200, 100, 50))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    assert decoded(encoded(image, "PNG", icc_profile=profile)) == [(200, 100, 50)]


MODES = "1 L LA P PA RGB RGBA RGBa RGBX CMYK YCbCr HSV LAB I F I;16 I;16B I;16L"


@pytest.mark.parametrize("mode", MODES.split())
def test_every_mode_becomes_rgb(mode):
    image = open_upright(Image.new(mode, (3, 2)).copy).image
    assert (image.mode, image.size) == ("RGB", (3, 2))

import struct

import numpy as np
import pytest
from PIL import Image

from pipeline.runtime.images.preprocessing import Preprocessing
from tests.data.decoded import decoded


def target(**changes):
    return Preprocessing(**{"height": 16, "width": 24, "channels": 3, "resize": "stretch", **changes})


def bands():
    """Return a wide picture: red, green and blue thirds."""
    image = Image.new("RGB", (96, 16), (255, 0, 0))
    image.paste((0, 255, 0), (32, 0, 64, 16))
    image.paste((0, 0, 255), (64, 0, 96, 16))
    return image


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("resize", ["stretch", "crop", "pad"])
@pytest.mark.parametrize("size", [(5, 40), (40, 5), (24, 16), (1, 1)])
def test_every_way_gives_the_configured_shape(resize, channels, size):
    noise = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), np.uint8)
    found = decoded(Image.fromarray(noise).copy, target(resize=resize, channels=channels))
    assert found.pixels.shape == (16, 24, channels)
    assert found.pixels.dtype == np.uint8
    assert (found.width, found.height) == size


@pytest.mark.parametrize("resize", ["stretch", "crop", "pad"])
@pytest.mark.parametrize("size", [(1, 1000), (1000, 1)])
def test_a_sliver_gives_the_configured_shape(resize, size):
    assert decoded(Image.new("RGB", size, "red").copy, target(resize=resize)).pixels.shape == (16, 24, 3)


def test_stretch_keeps_all_of_the_image():
    pixels = decoded(bands().copy, target(resize="stretch")).pixels
    assert [pixels[8, column].argmax() for column in (0, 12, 23)] == [0, 1, 2]


def test_crop_keeps_the_middle():
    pixels = decoded(bands().copy, target(resize="crop")).pixels
    assert (pixels == (0, 255, 0)).all()


def test_pad_keeps_all_of_the_image_between_black_bars():
    pixels = decoded(bands().copy, target(resize="pad")).pixels
    assert [pixels[8, column].argmax() for column in (0, 12, 23)] == [0, 1, 2]
    assert not pixels[:5].any()
    assert not pixels[-5:].any()


def test_one_channel_is_luminance():
    pixels = decoded(Image.new("RGB", (24, 16), (255, 0, 0)).copy, target(channels=1)).pixels
    assert np.unique(pixels).tolist() == [76]


def test_gray_in_three_channels_is_repeated():
    pixels = decoded(Image.new("L", (24, 16), 99).copy, target()).pixels
    assert np.unique(pixels).tolist() == [99]


def test_the_same_picture_in_two_encodings_is_one_picture(tmp_path):
    found = []
    for suffix in ("png", "bmp", "tif"):
        bands().save(tmp_path / f"a.{suffix}")
        found.append(decoded(str(tmp_path / f"a.{suffix}"), target()))
    assert len({one.picture for one in found}) == 1
    assert len({one.digest for one in found}) == 3


def test_the_digest_is_the_same_for_every_target(tmp_path):
    bands().resize((960, 640)).save(tmp_path / "a.jpg")
    targets = [target(), target(height=32, width=32), target(channels=1), target(resize="crop"), target(resize="pad")]
    for content in (bands().copy, str(tmp_path / "a.jpg")):
        assert len({decoded(content, target).digest for target in targets}) == 1


def test_digest_and_picture_tell_one_pixel_and_the_shape():
    first, second, third = Image.new("RGB", (8, 4)), Image.new("RGB", (8, 4)), Image.new("RGB", (4, 8))
    second.putpixel((7, 3), (0, 0, 1))
    found = [decoded(image.copy, target(width=8, height=4)) for image in (first, second, third)]
    assert len({one.digest for one in found}) == len({one.picture for one in found}) == 3


def test_without_a_target_the_picture_tells_one_pixel():
    first, second = Image.new("RGB", (80, 40)), Image.new("RGB", (80, 40))
    second.putpixel((70, 3), (0, 0, 1))
    assert decoded(first.copy).picture != decoded(second.copy).picture


@pytest.mark.parametrize("tag", [0x0100, 0x011A])
def test_a_broken_exif_block_does_not_stop_the_reading(tmp_path, tag):
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "abc"
    block = exif.tobytes().replace(b"\x01\x0f\x00\x02", struct.pack(">HH", tag, 2))  # a number's tag that holds text
    Image.new("RGB", (8, 8)).save(tmp_path / "a.jpg", exif=block)
    found = decoded(str(tmp_path / "a.jpg"), target())
    assert found.verdict.startswith(("ok", "unreadable"))

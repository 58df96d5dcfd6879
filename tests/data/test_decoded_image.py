import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.runtime.images.preprocessing import Preprocessing
from tests.data.decoded import decoded

RED, BLUE = (255, 0, 0), (0, 0, 255)


@pytest.fixture
def read():
    def read(file, **changes):
        settings = {"height": 16, "width": 16, "channels": 3, "resize": "stretch", **changes}
        return decoded(str(file) if isinstance(file, Path) else lambda: file, Preprocessing(**settings))

    return read


def halves(size=(16, 16)):
    """Return a picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    return image


def test_reads_pixels_size_and_verdict(read, tmp_path):
    halves((32, 16)).save(tmp_path / "a.png")
    found = read(tmp_path / "a.png")
    assert (found.verdict, found.width, found.height) == ("ok", 32, 16)
    assert found.pixels.shape == (16, 16, 3)
    assert found.pixels.dtype == np.uint8
    assert tuple(found.pixels[8, 0]) == RED
    assert tuple(found.pixels[8, 15]) == BLUE


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp"])
def test_exif_rotation_is_applied(read, tmp_path, suffix):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned 90° clockwise: what is left comes up
    halves((32, 16)).save(tmp_path / f"a.{suffix}", exif=exif)
    found = read(tmp_path / f"a.{suffix}")
    assert (found.width, found.height) == (16, 32)
    assert found.pixels[0, 8, 0] > 200 > found.pixels[15, 8, 0]


def test_exif_rotation_is_applied_to_16_bit_gray(read, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.full((16, 32), 60000, np.uint16)).save(tmp_path / "a.png", exif=exif)
    found = read(tmp_path / "a.png")
    assert (found.width, found.height) == (16, 32)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_is_laid_on_white(read, tmp_path, mode):
    Image.new("RGBA", (16, 16), (0, 0, 0, 0)).convert(mode).save(tmp_path / "a.png")
    assert (read(tmp_path / "a.png").pixels == 255).all()


def test_half_transparent_is_mixed_with_white(read, tmp_path):
    Image.new("RGBA", (16, 16), (0, 0, 0, 128)).save(tmp_path / "a.png")
    assert np.unique(read(tmp_path / "a.png").pixels).tolist() == [127]


def test_a_palettes_transparent_color_is_laid_on_white(read, tmp_path):
    halves().convert("P").save(tmp_path / "a.png", transparency=halves().convert("P").getpixel((0, 0)))
    pixels = read(tmp_path / "a.png").pixels
    assert (pixels[:, :8] == 255).all()
    assert (pixels[:, 8:] == BLUE).all()


def test_palette_colors_are_looked_up(read, tmp_path):
    halves().quantize(4).save(tmp_path / "a.png")
    assert (read(tmp_path / "a.png").pixels == np.asarray(halves())).all()


def test_16_bit_gray_is_scaled_to_8(read, tmp_path):
    deep = np.repeat(np.array([[0, 257 * 100 - 1, 65535, 257 * 200]], np.uint16), 4, axis=0).repeat(4, 0).repeat(4, 1)
    Image.fromarray(deep).save(tmp_path / "a.png")
    assert Image.open(tmp_path / "a.png").mode.startswith("I")
    assert read(tmp_path / "a.png").pixels[0, ::4, 0].tolist() == [0, 99, 255, 200]


def test_cmyk_is_converted(read, tmp_path):
    halves().convert("CMYK").save(tmp_path / "a.jpg", quality=95)
    pixels = read(tmp_path / "a.jpg").pixels
    assert np.abs(pixels[8, [2, 13]].astype(int) - [RED, BLUE]).max() < 60


@pytest.mark.parametrize("suffix", ["gif", "webp", "png"])
def test_of_an_animation_the_first_frame_counts(read, tmp_path, suffix):
    frames = [Image.new("RGB", (16, 16), color) for color in (RED, BLUE)]
    frames[0].save(tmp_path / f"a.{suffix}", save_all=True, append_images=frames[1:], lossless=True)
    assert (read(tmp_path / f"a.{suffix}").pixels == RED).all()


@pytest.mark.parametrize("kind", ["truncated", "text", "empty"])
def test_what_is_no_whole_image_is_unreadable(read, tmp_path, kind):
    file = tmp_path / "a.jpg"
    Image.effect_noise((64, 64), 90).save(file)
    whole = file.read_bytes()
    file.write_bytes({"truncated": whole[: len(whole) // 2], "text": b"not an image\n", "empty": b""}[kind])
    found = read(file)
    assert found.pixels is None
    assert found.verdict == {"truncated": "truncated"}.get(kind, "not_an_image")
    assert found.digest == hashlib.sha256(file.read_bytes()).hexdigest()
    assert found.reason
    assert "\n" not in found.reason


def test_a_missing_file_is_unreadable(read, tmp_path):
    found = read(tmp_path / "gone.png")
    assert (found.verdict, found.reason) == ("unreadable", "No such file or directory")
    assert found.digest == "00" * 32

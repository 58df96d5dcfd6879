"""Which files are images: by content, whatever they are called."""

import io
import subprocess
import sys
from functools import partial

import numpy as np
import pytest

from pipeline.runtime.images.decode import open_upright
from pipeline.runtime.images.image_format import open_image
from pipeline.runtime.images.unreadable_error import UnreadableError

MODES = {"BLP": "P", "MSP": "1", "XBM": "1", "SPIDER": "F", "ICNS": "RGBA"}
OTHERS = ["AVIF", "BMP", "DDS", "DIB", "GIF", "ICO", "IM", "JPEG", "JPEG2000", "MPO", "PCX", "PNG", "PPM", "QOI", "SGI"]
WRITTEN = [*MODES, *OTHERS, "TGA", "TIFF", "WEBP"]
PSD = (
    b"8BPS\0\x01"
    + bytes(6)
    + b"\0\x03\0\0\0\x01\0\0\0\x02\0\x08\0\x03"
    + bytes(12)
    + b"\0\0"
    + bytes([9, 8, 7, 6, 5, 4])
)
XPM = b'/* XPM */\nstatic char *a[] = {\n"2 1 2 1",\n"a c #FF0000",\n"b c #0000FF",\n"ab"\n};\n'


def image_of(form, noise):
    mode = MODES.get(form, "RGB")
    scaled = noise.convert("F").point(lambda value: value / 255) if mode == "F" else noise.convert(mode)
    return scaled.resize((64, 64)) if form == "ICO" else scaled.resize((1024, 1024)) if form == "ICNS" else scaled


@pytest.mark.parametrize("form", WRITTEN)
def test_every_format_is_known_by_its_content(form, noise, encoded, tmp_path):
    image = image_of(form, noise)
    content = encoded(image, form)
    for name in ("photo", "photo.txt", "photo.JPG", "photo.png"):
        (tmp_path / name).write_bytes(content)
        assert open_upright(partial(open_image, tmp_path / name)).image.size == image.size
    for source in (str(tmp_path / "photo"), io.BytesIO(content)):
        assert open_upright(lambda source=source: open_image(source)).image.size == image.size


def test_formats_that_pillow_only_reads(decoded):
    assert decoded(PSD) == [(9, 7, 5), (8, 6, 4)]
    assert decoded(XPM) == [(255, 0, 0), (0, 0, 255)]


@pytest.mark.parametrize(
    "content",
    [
        b"not an image\n",
        b"label,path\ncat,a.jpg\n",
        b"#define _POSIX_SOURCE 1\n#include <stdio.h>\n",
        b"P1 and P2 are the patients\n",
        b"BMW, Fiat, Skoda\n",
        b"SIMPLE is better than complex\n",
        b'{"a": 1}',
        b"\0" * 1000,
        b"\0\0\0\x01Bud1\0\0\x10\0\0\0\x08\0" + bytes(6000),  # .DS_Store
        b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(100),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n",
        b"%PDF-1.7\n",
        b"\xd7\xcd\xc6\x9a\0\0" + bytes(100),  # WMF
        b"\x89HDF\r\n\x1a\n" + bytes(100),
        b"PK\x03\x04" + bytes(100),
    ],
)
def test_what_is_no_image_is_not_an_image(decoded, content):
    with pytest.raises(UnreadableError, match="not an image of a format") as caught:
        decoded(content)
    assert caught.value.verdict == "not_an_image"


def test_an_empty_file_is_not_an_image(decoded):
    with pytest.raises(UnreadableError, match="empty file") as caught:
        decoded(b"")
    assert caught.value.verdict == "not_an_image"


def test_other_formats_than_the_given_are_not_read(encoded, noise):
    content = encoded(noise, "GIF")
    assert open_image(io.BytesIO(content), ["GIF"]).format == "GIF"
    with pytest.raises(UnreadableError, match="not an image of a format"):
        open_image(io.BytesIO(content), ["PNG", "JPEG"])


def test_a_file_that_is_no_file_is_an_error_of_the_system(tmp_path):
    with pytest.raises(FileNotFoundError):
        open_image(tmp_path / "gone.jpg")
    with pytest.raises(UnreadableError, match="No such file or directory"):
        open_upright(lambda: open_image(tmp_path / "gone.jpg"))


def test_a_stream_that_cannot_seek_is_read(encoded, noise):
    class Stream(io.BytesIO):
        def seekable(self):
            return False

    assert open_image(Stream(encoded(noise, "PNG"))).size == noise.size


def test_leaving_the_image_closes_its_file(tmp_path, noise):
    noise.save(tmp_path / "a.png")
    with open_image(tmp_path / "a.png") as image:
        file = image.fp
    assert file.closed


def test_heic_is_read(decoded, heic, tmp_path):
    (tmp_path / "IMG_1.jpg").write_bytes(heic)
    image = open_upright(lambda: open_image(tmp_path / "IMG_1.jpg")).image
    assert image.size == (16, 16)
    left, right = image.getpixel((2, 8)), image.getpixel((13, 8))
    np.testing.assert_allclose([left, right], [(255, 0, 0), (0, 0, 255)], atol=10)
    for brand in (b"heic", b"mif1"):
        assert decoded(heic.replace(b"ftypheix", b"ftyp" + brand))


def test_a_container_of_several_formats_is_read_by_its_other_brands(encoded, noise, decoded):
    avif = encoded(noise, "AVIF")
    assert avif[8:12] == b"avif"
    assert decoded(avif[:8] + b"mif1" + avif[12:])


def test_without_its_package_heic_says_what_to_install(heic, tmp_path):
    (tmp_path / "a.heic").write_bytes(heic)
    program = """
import sys
sys.modules["pi_heif"] = None
from pipeline.runtime.images.decode import open_upright
from pipeline.runtime.images.image_format import open_image
try:
    open_upright(lambda: open_image(sys.argv[1]))
except Exception as error:
    print(error.verdict, error)
"""
    command = [sys.executable, "-c", program, str(tmp_path / "a.heic")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    expected = "unreadable a HEIC photo; to read it, type: pip install pi-heif (the extra `heic`)\n"
    assert done.stdout == expected

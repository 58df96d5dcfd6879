"""Small image files of every kind, some of which Pillow cannot write."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.runtime.images.decode import open_upright
from pipeline.runtime.images.image_format import open_image


@pytest.fixture(scope="session")
def encoded():
    """Return an image as the bytes of a file."""

    def encoded(image, form, **options):
        buffer = io.BytesIO()
        image.save(buffer, form, **options)
        return buffer.getvalue()

    return encoded


@pytest.fixture(scope="session")
def decoded():
    """Return the first row of the decoded file: a list of gray levels, or of (red, green, blue)."""

    def decoded(content, **options):
        row = np.asarray(open_upright(lambda: open_image(io.BytesIO(content)), **options).image)[0]
        gray = (row == row[:, :1]).all()
        return row[:, 0].tolist() if gray else [tuple(pixel) for pixel in row.tolist()]

    return decoded


@pytest.fixture(scope="session")
def heic():
    """Return a HEIC photo of 16×16 pixels, red on the left and blue on the right."""
    return Path(__file__).with_name("halves.heic").read_bytes()


@pytest.fixture(scope="session")
def tiff():
    """Return a TIFF file of one row of pixels, uncompressed, with any bits and tags."""

    def tiff(pixels, width, bits, **tags):
        raw = pixels if isinstance(pixels, bytes) else np.asarray(pixels).tobytes()
        numbers = {"samples": 277, "sample_format": 339, "max_sample_value": 281}
        values = {256: width, 257: 1, 258: bits, 259: 1, 262: 1, 277: 1, 278: 1, 279: len(raw)}
        values |= {numbers[name]: value for name, value in tags.items()}
        values[273] = 8 + 2 + 12 * (len(values) + 1) + 4
        entries = [struct.pack("<HHII", tag, 4, 1, value) for tag, value in sorted(values.items())]
        return b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + b"".join(entries) + bytes(4) + raw

    return tiff


@pytest.fixture(scope="session")
def png():
    """Return a 16-bit PNG file of one row of pixels; chunks come before or after the pixels, with a right CRC."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    def png(pixels, color, before=(), after=()):
        row = np.asarray(pixels, ">u2")
        return b"".join([
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", struct.pack(">IIBBBBB", len(row), 1, 16, color, 0, 0, 0)),
            *(chunk(name, body) for name, body in before),
            chunk(b"IDAT", zlib.compress(b"\0" + row.tobytes())),
            *(chunk(name, body) for name, body in after),
            chunk(b"IEND", b""),
        ])  # fmt: skip

    return png


@pytest.fixture(scope="session")
def noise():
    """Return a color image of noise, 100×80."""
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (80, 100, 3), np.uint8))

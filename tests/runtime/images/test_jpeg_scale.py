import io
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from PIL import Image

from pipeline.data.packing.decoding.chunk_decoder import ChunkDecoder, DecodingSettings
from pipeline.runtime.images.decode import decode_pixels, open_upright
from pipeline.runtime.images.image_format import open_image
from pipeline.runtime.images.jpeg_scale import LEAST_SIDE, jpeg_scale
from pipeline.runtime.images.preprocessing import Preprocessing
from pipeline.runtime.images.resizing import resized

WAYS = ["stretch", "crop", "pad"]
LIMIT = 10**8


def blobs(size=(800, 600)):
    """Return a smooth picture without any symmetry."""
    coarse = np.random.default_rng(0).integers(0, 256, (6, 8, 3), np.uint8)
    return Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)


def jpeg(image, kind="JPEG", **options):
    file = io.BytesIO()
    image.save(file, kind, quality=95, **options)
    return file.getvalue()


def turned(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return {"exif": exif}


KINDS = {
    "color": lambda: jpeg(blobs()),
    "gray": lambda: jpeg(blobs().convert("L")),
    "CMYK": lambda: jpeg(blobs().convert("CMYK")),
    "progressive": lambda: jpeg(blobs(), progressive=True),
    "odd size": lambda: jpeg(blobs((799, 613))),
    "full chroma": lambda: jpeg(blobs(), subsampling=0),
    "several pictures": lambda: jpeg(blobs(), "MPO", save_all=True, append_images=[blobs().rotate(180)]),
    **{f"turned {number}": partial(lambda number: jpeg(blobs(), **turned(number)), number) for number in (3, 5, 6, 8)},
}


@pytest.mark.parametrize(
    ("size", "target", "scale"),
    [
        ((640, 480), Preprocessing(224, 224, 3, "stretch"), 2),
        ((4000, 3000), Preprocessing(224, 224, 3, "stretch"), 8),
        ((640, 480), Preprocessing(240, 320, 3, "crop"), 2),
        ((640, 480), Preprocessing(241, 320, 3, "crop"), 1),
        ((640, 480), Preprocessing(480, 160, 3, "pad"), 4),
        ((640, 480), Preprocessing(32, 32, 3, "stretch"), 4),  # 128 pixels are left
        ((640, 480), None, 4),
        ((255, 255), None, 1),
        ((32, 32), Preprocessing(8, 8, 3, "stretch"), 1),
        ((2000, 3), Preprocessing(1, 1, 3, "stretch"), 2),
    ],
)
def test_the_scale(size, target, scale):
    assert jpeg_scale(size, target) == scale


@given(
    some.tuples(some.integers(1, 5000), some.integers(1, 5000)),
    some.builds(Preprocessing, some.integers(1, 600), some.integers(1, 600), some.just(3), some.sampled_from(WAYS)),
)
def test_nothing_is_enlarged_that_was_reduced(size, target):
    scale = jpeg_scale(size, target)
    ratios = size[0] / target.width, size[1] / target.height
    assert scale == 1 or scale <= (max(ratios) if target.resize == "pad" else min(ratios))
    assert scale == 1 or max(size) / scale >= LEAST_SIDE


@pytest.mark.parametrize("resize", WAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_the_decoder_leaves_out_is_not_missed(kind, resize):
    target = Preprocessing(80, 100, 3, resize)
    content = KINDS[kind]()
    opener = partial(open_image, io.BytesIO(content))
    found = open_upright(opener, LIMIT, target)
    whole = open_upright(partial(copy_of, content), LIMIT, target)
    assert found.reduced
    assert not whole.reduced
    assert (found.width, found.height) == (whole.width, whole.height) == whole.image.size
    assert max(found.image.size) < max(whole.image.size)
    difference = resized(found.image, target).astype(int) - resized(whole.image, target)
    assert np.abs(difference).mean() < 1.5


def copy_of(content):
    """Return a JPEG photo with all its pixels, upright."""
    with Image.open(io.BytesIO(content)) as opened:
        opened.load()
        copy = opened.copy()
        copy.getexif()[0x0112] = opened.getexif().get(0x0112, 1)
        return copy


@pytest.mark.parametrize("resize", WAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_prepared_is_what_is_predicted(kind, resize):
    content, target = KINDS[kind](), Preprocessing(80, 100, 3, resize)
    prepared = ChunkDecoder(DecodingSettings(target, LIMIT, None)).decode(0, [content])
    assert prepared.measures["reduced"].all()
    predicted = decode_pixels(partial(open_image, io.BytesIO(content)), target)
    np.testing.assert_array_equal(prepared.pixels[0], predicted)


def test_other_formats_keep_all_pixels():
    file = io.BytesIO()
    blobs().save(file, "PNG")
    found = open_upright(partial(open_image, file), LIMIT, Preprocessing(8, 8, 3, "stretch"))
    assert (found.image.size, found.reduced) == ((800, 600), False)


def test_a_damaged_jpeg_is_damaged_at_any_scale():
    content = jpeg(blobs())
    batch = ChunkDecoder(DecodingSettings(Preprocessing(32, 32, 3, "stretch"), LIMIT, None)).decode(
        0, [content[: len(content) // 2]]
    )
    assert batch.failures[0][0] == "truncated"

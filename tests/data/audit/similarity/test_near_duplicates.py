"""Near duplicates among images."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance, ImageOps
from sklearn.datasets import load_digits

from pipeline.data.audit.similarity.near_duplicates import near_duplicates
from pipeline.data.audit.similarity.thumbnail import SIDE, thumbnail


def reencoded(image, quality=30):
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def cropped(image, share=0.03):
    width, height = image.size
    return image.resize(image.size, box=(width * share / 2, height * share / 2, width * (1 - share / 2), height))


def thumbnails_of(images):
    return np.stack([thumbnail(image) for image in images])


def reported(pairs):
    return set(zip(pairs.first.tolist(), pairs.second.tolist(), pairs.mirrored.tolist(), strict=True))


CHANGES = {
    "re-encoded": reencoded,
    "half": lambda image: image.resize((image.width // 2, image.height // 2)),
    "another shape": lambda image: image.resize((75, 75)),
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.1),
    "cropped": cropped,
    "gray": lambda image: image.convert("L").convert("RGB"),
    "mirrored": ImageOps.mirror,
    "mirrored and re-encoded": lambda image: reencoded(ImageOps.mirror(image)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_copy_is_found_and_nothing_else(photos, change):
    images = photos(40)
    pairs = near_duplicates(thumbnails_of([*images, *map(CHANGES[change], images)]))
    assert reported(pairs) == {(row, 40 + row, "mirrored" in change) for row in range(40)}
    assert pairs.similarity.dtype == np.float32
    assert np.all((pairs.similarity > 0.7) & (pairs.similarity <= 1))


def test_unrelated_images_are_no_pair(photos):
    assert reported(near_duplicates(thumbnails_of(photos(600, seed=1, size=(32, 32))))) == set()


def test_uniform_images_and_gradients_are_no_pair():
    uniform = [Image.new("RGB", (32, 32), (level, level, level)) for level in range(0, 250, 10)]
    faint = [Image.fromarray(np.random.default_rng(k).integers(100, 104, (32, 32, 3), np.uint8)) for k in range(10)]
    ramps = [Image.linear_gradient("L").rotate(90 * k).convert("RGB") for k in range(4)] * 3
    assert reported(near_duplicates(thumbnails_of([*uniform, *faint, *ramps]))) == set()


def test_frames_around_different_images_make_no_pair(photos):
    framed = [ImageOps.expand(image.resize((26, 26)), 3, "white") for image in photos(100, seed=2)]
    assert reported(near_duplicates(thumbnails_of(framed))) == set()


def test_handwritten_digits_are_hardly_ever_pairs():
    levels = (load_digits().images[:900] * 255 / 16).astype(np.uint8)
    pairs = near_duplicates(thumbnails_of([Image.fromarray(image).convert("RGB") for image in levels]))
    assert len(pairs.first) <= 1  # of 400,000


@given(st.permutations(range(30)))
@settings(max_examples=8, deadline=None)
def test_the_order_of_the_images_changes_nothing(photos, order):
    images = photos(10)
    thumbnails = thumbnails_of([*images, *map(reencoded, images), *map(ImageOps.mirror, images)])
    expected = {frozenset(pair[:2]): pair[2] for pair in reported(near_duplicates(thumbnails))}
    pairs = reported(near_duplicates(thumbnails[order]))
    assert all(first < second for first, second, _ in pairs)
    assert {frozenset((order[first], order[second])): mirrored for first, second, mirrored in pairs} == expected


def test_a_symmetric_image_and_its_copy_are_one_pair(photos):
    (image,) = photos(1)
    pixels = np.asarray(image)
    symmetric = Image.fromarray(np.concatenate([pixels, pixels[:, ::-1]], axis=1))
    pairs = near_duplicates(thumbnails_of([symmetric, reencoded(symmetric, 60)]))
    assert [(pairs.first[0], pairs.second[0])] == [(0, 1)]


def test_of_equal_images_the_first_alone_is_compared(photos):
    image, other = photos(2)
    thumbnails = thumbnails_of([other, image, image, reencoded(image), image])
    assert reported(near_duplicates(thumbnails, np.array([7, 3, 3, 9, 3]))) == {(1, 3, False)}
    assert len(near_duplicates(thumbnails).first) == 6


def test_a_memory_map_is_read_as_an_array_is(photos, tmp_path):
    images = photos(5)
    thumbnails = thumbnails_of([*images, *images])
    thumbnails.tofile(tmp_path / "thumbnails.raw")
    mapped = np.memmap(tmp_path / "thumbnails.raw", np.uint8, "r", shape=thumbnails.shape)
    assert reported(near_duplicates(mapped)) == {(row, 5 + row, False) for row in range(5)}


@pytest.mark.parametrize("count", [0, 1])
def test_no_images_and_a_single_one_have_no_pairs(count):
    assert reported(near_duplicates(np.zeros((count, SIDE, SIDE, 3), np.uint8))) == set()

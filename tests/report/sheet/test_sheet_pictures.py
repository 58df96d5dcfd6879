"""The pictures of a sheet, as they are in its file."""

import numpy as np
import pytest


@pytest.mark.parametrize(
    ("shape", "expected"), [((32, 32), (32, 32)), ((224, 224), (224, 224)), ((448, 300), (150, 224))]
)
def test_pictures_are_embedded_at_most_224_pixels_long(page_of, image, shape, expected):
    page = page_of(image(picture=np.full((*shape, 3), (200, 100, 50), np.uint8)))
    (picture,) = page.pictures()
    assert (picture.format, picture.size) == ("JPEG", expected)
    assert np.abs(np.asarray(picture).mean((0, 1)) - (200, 100, 50)).max() < 4
    (attributes,) = page.all("img")
    assert (attributes["width"], attributes["height"]) == tuple(map(str, expected))
    assert ("class" in attributes) == (shape == (32, 32))


@pytest.mark.parametrize("size", [32, 224])
@pytest.mark.parametrize("scale", [1e-6, 1, 1e6])
def test_the_overlay_is_brightest_where_evidence_is_highest(page_of, image, size, scale):
    evidence = np.full((7, 7), -3, np.float32)
    evidence[1, 5] = 2
    picture = np.full((size, size, 3), 128, np.uint8)
    page = page_of(image(picture=picture, evidence=evidence * np.float32(scale)))
    overlay = np.asarray(page.pictures()[1].convert("L"), float)
    row, column = np.unravel_index(overlay.argmax(), overlay.shape)
    assert (7 * row // len(overlay), 7 * column // len(overlay)) == (1, 5)
    assert overlay.max() > 3 * overlay[-1, 0]
    assert page.all("img")[1]["alt"] == "Evidence for cat: strongest at the top right"
    assert "Bright areas raised the predicted class's score" in page.text


def test_a_black_place_with_evidence_is_brighter_than_a_white_one_without(page_of, image):
    picture = np.zeros((64, 64, 3), np.uint8)
    picture[:, 32:] = 255
    overlay = np.asarray(page_of(image(picture=picture, evidence=np.array([[1, 0]], "f4"))).pictures()[1].convert("L"))
    assert overlay[:, :20].min() > overlay[:, -20:].max()


@pytest.mark.parametrize("value", [0, -1, np.nan])
def test_a_map_without_positive_evidence_does_not_glow(page_of, image, value):
    page = page_of(image(evidence=np.full((2, 2), value, np.float32)))
    overlay = np.asarray(page.pictures()[1], float)
    assert overlay.max() < 60
    assert page.all("img")[1]["alt"] == "Evidence for cat: nowhere positive"

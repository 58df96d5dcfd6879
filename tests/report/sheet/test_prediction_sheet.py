"""The sheet of predictions."""

import re

import numpy as np
import pytest

HOSTILE = "</script><img src=x onerror=alert(1)>\"'&\n\x00\u202egpj\udce9"
SHOWN = r"""</script><img src=x onerror=alert(1)>"'&\n\x00\u202egpj\udce9"""


def test_it_shows_facts_note_predictions_and_paths(page_of, image):
    page = page_of(image(), image("b.jpg"), facts={"model": "digits version 3", "engine": "Keras"}, note="Two of ten.")
    for text in ("Predictions – digits version 3", "engine", "Keras", "Two of ten.", "cat", "75.0%", "dog", "20.0%"):
        assert text in page.texts
    assert page.texts.count("photos/") == 1
    assert {"a.jpg", "b.jpg", "cat (2)"} <= set(page.texts)


def test_hostile_names_are_text(page_of, image):
    one = image(HOSTILE, best=((HOSTILE, 0.6), (HOSTILE * 6, 0.3)), label=HOSTILE * 6, evidence=np.eye(2, dtype="f4"))
    bad = image(HOSTILE, best=(), error=HOSTILE)
    page = page_of(one, one, bad, facts={HOSTILE: HOSTILE, "model": HOSTILE}, note=HOSTILE)
    assert len(page.all("script")) == 1
    assert len(page.all("img")) == 4
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
    assert page.texts.count(SHOWN) >= 6
    assert page.all("img")[0]["alt"].endswith(SHOWN.rpartition("/")[2])
    assert not re.search(r"[\x00\u202e]", page.text)


def test_it_needs_nothing_else(page_of, image):
    page = page_of(image(), image(evidence=np.eye(3, dtype="f4")), image(best=(), error="not an image"))
    assert not re.search(r"https?:|@import|url\(", page.text)
    for tag, attributes in page.elements:
        assert tag not in ("link", "iframe", "object")
        assert attributes.get("src", "data:").startswith("data:")
        assert "href" not in attributes


def test_nothing_is_said_of_maps_without_maps(page_of, image):
    assert "Zhou" not in page_of(image(), image(picture=None, evidence=np.eye(2, dtype="f4"))).text


def test_right_and_wrong_are_said_in_words(page_of, image):
    page = page_of(image(label="cat"), image(label="dog"), image(label="bird"), image())
    assert [one["class"].split()[1:] for one in page.all("article")] == [["correct"], ["wrong"], ["wrong"], []]
    assert page.texts.count("✓ correct") == 1
    assert page.texts.count("✗ wrong:") == 2
    assert {"bird", "all 4", "wrong 2"} <= set(page.texts)


def test_wrong_only_is_not_offered_without_labels(page_of, image):
    assert page_of(image(), image()).all("fieldset") == []


def test_unreadable_images_are_listed_with_the_reason(page_of, image):
    page = page_of(image(), image("x/bad.jpg", best=(), error="truncated: 14 bytes are missing", picture=None))
    assert len(page.all("article")) == 1
    assert page.texts[-4:] == ["Not readable: 1 file", "x/", "bad.jpg", "truncated: 14 bytes are missing"]


def test_a_sheet_may_be_empty(page_of):
    assert "There is no prediction to show." in page_of().texts


@pytest.mark.parametrize(
    ("probability", "text"),
    [(1.0, ">99.9%"), (0.99951, ">99.9%"), (0.9994, "99.9%"), (0.0004, "<0.1%"), (0.5, "50.0%")],
)
def test_what_is_not_certain_does_not_look_certain(page_of, image, probability, text):
    assert text in page_of(image(best=(("cat", probability),))).texts


def test_without_scripts_every_image_shows_and_no_control(page_of, image):
    page = page_of(*[image(str(number)) for number in range(3)])
    assert "hidden" in page.all("form")[0]
    assert not any("hidden" in one for one in page.all("article"))


def test_a_card_names_a_few_of_many_classes(page_of, image):
    many = tuple((f"class {number}", 0.001) for number in range(1000))
    page = page_of(image(best=many), image(best=many))
    assert {"class 0", "class 4"} <= set(page.texts)
    assert "class 5" not in page.texts

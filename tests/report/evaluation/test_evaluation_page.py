"""The page of an evaluation, as a browser reads it."""

import re

import numpy as np
import pandas as pd
import pytest

from pipeline.evaluation.calibration.temperature_fit import TemperatureFit
from pipeline.evaluation.scores.interval_estimate import Estimate
from pipeline.evaluation.shown.evaluation_gallery import EvaluationGallery
from pipeline.report.evaluation.evaluation_content import ModelLineage

HOSTILE = ["<script>alert(1)</script>", "שלום\u202eevil", "x" * 200, "🙂 & \"quotes' `", "<!-- gate -->",
           "日本語\n\x00"]  # fmt: skip
SECTIONS = ["figures", "gate", "confusions", "classes", "mistakes", "labels", "calibration", "slices", "robustness",
            "cost", "training", "use", "rebuild"]  # fmt: skip


def test_it_answers_what_a_reader_asks(page, content, population):
    text = page(content(population())).text
    for answer in (
        "80.0% accuracy on test images",
        "95% interval 68.2–88.2%",
        "The predicted class is right for 48 of 60 test images.",
        "used by 7 evaluations of 5 models",
        "they were not used to choose the epoch: that is done on validation images",
        "labeled cat",
        "python -m pipeline.predict PHOTO.jpg --model outputs/train/model.keras --temperature 1.25",
        "git checkout c0ffee",
        "dvc exp run -S recipe.epochs=2 -S 'data.path=my cats'",
        "1,480 images/s",
        "30.9 million",
        "JPEG compression",
        "Dashed line: epoch 2 was saved.",
    ):
        assert answer in text


def test_every_link_leads_to_a_section_that_is_there(page, content, population):
    found = page(content(population()))
    ids = [attributes["id"] for _, attributes in found.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert set(SECTIONS) <= set(ids)
    assert [link["href"] for link in found.all("a") if link["href"].startswith("#")]
    assert {link["href"] for link in found.all("a")} <= {f"#{one}" for one in ids}


def test_it_loads_nothing_and_runs_nothing(page, content, population):
    found = page(content(population()))
    assert not found.all("script")
    assert not found.all("link")
    assert all(image["src"].startswith("data:image/jpeg") for image in found.all("img"))
    assert "http://" not in found.source.replace("http://www.w3.org", "")
    assert "https://" not in found.source
    (policy,) = [one["content"] for one in found.all("meta") if "http-equiv" in one]
    assert policy.startswith("default-src 'none'")
    assert not [name for _, attributes in found.elements for name in attributes if name.startswith("on")]


def test_equal_contents_give_equal_pages(page, content, population):
    assert page(content(population())).source == page(content(population())).source


def test_hostile_names_are_shown_and_do_nothing(page, content, population):
    people = population(classes=HOSTILE, images=60, path="<img onerror=x>/{}\u202egpj.exe")
    ending = {"title": HOSTILE[0], "introduction": HOSTILE[0], "facts": {HOSTILE[0]: HOSTILE[1]}}
    found = page(content(people, **ending))
    assert not found.all("script")
    assert not [image for image in found.all("img") if "onerror" in image]
    assert found.source.count("<!-- gate -->") == 1
    assert "\u202e" not in found.source
    assert "\x00" not in found.source
    assert "alert(1)" in found.text


@pytest.mark.parametrize(("side", "channels"), [(16, 1), (32, 3), (299, 3), (299, 1)])
def test_pictures_have_their_size_and_no_more_than_160_pixels(page, content, population, side, channels):
    found = page(content(population(side=side, channels=channels)))
    widths = [int(image["width"]) for image in found.all("img")]
    assert max(widths) <= 160
    assert f"{side}×{side} pixels, {'color' if channels == 3 else 'gray'}" in found.text


def test_two_classes_have_no_top_5(page, content, population):
    assert "Top-5" not in page(content(population(classes=("no", "yes")))).text
    assert "Top-5" in page(content(population(classes=tuple("abcdefg"), images=70))).text


def test_of_a_thousand_classes_the_page_stays_small(page, content, population):
    people = population(classes=tuple(f"class number {one:04}" for one in range(1000)), images=3000)
    found = page(content(people))
    assert len(found.source) < 3_000_000
    assert "With 1,000 classes a whole matrix is not readable" in found.text
    assert "300 of 1,000" in found.text
    assert not [one for one in found.all("table") if "matrix" in one.get("class", "")]


def test_without_any_mistake_it_says_so(page, content, population):
    empty = EvaluationGallery((), (), (), {}, {}, {})
    text = page(content(population(wrong=0), gallery=empty)).text
    assert "100% accuracy on test images" in text
    assert "There is no wrong prediction." in text
    assert "No test image was taken for another class." in text
    assert "It is worst at" not in text


def test_what_was_not_measured_is_named(page, content, population):
    missing = {"temperature": None, "cost": None, "robustness": [], "examples": {}, "slices": [], "test_uses": None,
               "curves": {}, "history": pd.DataFrame({"epoch": []})}  # fmt: skip
    text = page(content(population(), **missing)).text
    assert "evaluation.robustness_images=0" in text
    assert "It was not measured." in text
    assert "There are no groups of at least 10 images." in text
    assert "None is offered: there are no validation images" in text
    assert "--temperature" not in text


def test_a_temperature_that_is_undefined_is_not_offered(page, content, population):
    nan = float("nan")
    text = page(content(population(), temperature=TemperatureFit(Estimate(nan), 30, 0.1, 0.1, 0.01, 0.01))).text
    assert "None is offered: on the validation images the model makes no mistake that would limit it." in text
    assert "--temperature" not in text
    assert "nan" not in text


def test_classes_without_test_images_are_named_and_not_counted(page, content, population):
    people = population(classes=("cat", "dog", "newt"))
    people.table = people.table[people.table["label"] != "newt"].reset_index(drop=True)
    text = page(content(people)).text
    assert re.search(r"Undefined for 1 class, .*recall.*\( ?newt ?\)", text)


def test_figures_without_an_interval_have_none(page, content, population):
    people = population()
    scores = {**content(people).scores, "macro_roc_auc": Estimate(np.nan), "loss": Estimate(0.5)}
    text = page(content(people, scores=scores)).text
    assert "50% is guessing. – " in text
    assert "nan" not in text.lower().replace("finance", "")


def test_what_stands_in_the_way_of_rebuilding_is_said(page, content, population):
    people = population()
    lineage = content(people).lineage
    for commit, dirty, words in (("c0ffee", True, "had changes"), ("none", False, "not a git repository"),
                                 ("c0ffee", None, "not known")):  # fmt: skip
        changed = type(lineage)(commit, dirty, (), "tidal-yews", "run1", {})
        text = page(content(people, lineage=changed)).text
        assert words in text
        assert "dvc exp apply tidal-yews" in text
        assert "dvc repro" in text


def test_a_long_list_of_labels_is_the_models_own_doing(page, content, population):
    people = population()
    gallery = content(people).gallery
    few = type(gallery)(**{**vars(gallery), "looked_at": {"test": 400, "train": 400}})
    assert "Labels to check : 2 of 400 test images" in page(content(people, gallery=few)).text
    many = type(gallery)(**{**vars(gallery), "suspect_totals": {"test": 30, "train": 0}})
    text = page(content(people, gallery=many)).text
    assert "the model itself is often wrong" in text
    assert "Labels to check :" not in text


@pytest.mark.parametrize(("dirty", "expected"), [("true", True), ("false", False), ("unknown", None)])
def test_a_lineage_is_read_from_a_trainings_tags(dirty, expected):
    found = ModelLineage.from_tags({"git.commit": "c0ffee", "git.dirty": dirty}, ["a=1"], "run1", {})
    assert found == ModelLineage("c0ffee", expected, ("a=1",), "", "run1", {})

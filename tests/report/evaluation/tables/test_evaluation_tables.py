"""Figures, classes and slices in tables."""

import math

import pandas as pd
import pytest

from pipeline.evaluation.scores.interval_estimate import Estimate
from pipeline.evaluation.slices.worst_slices import Slice
from pipeline.report.evaluation.model.model_facts import data_name, introduction
from pipeline.report.evaluation.tables.class_table import class_table, worst_first
from pipeline.report.evaluation.tables.cost_facts import duration_text
from pipeline.report.evaluation.tables.figure_table import figure_table, headline, undefined_notes
from pipeline.report.evaluation.tables.slice_rows import chance_text, slice_rows


def classes(**f1):
    rows = [{"class": name, "images": 10, "recall": value, "f1": value} for name, value in f1.items()]
    frame = pd.DataFrame(rows)
    for name in ("recall", "precision", "f1", "average_precision"):
        frame[name] = frame["f1"]
        frame[f"{name}_low"], frame[f"{name}_high"] = frame["f1"] - 0.1, frame["f1"] + 0.05
    return frame


def test_top_k_is_left_out_where_it_says_nothing():
    scores = {"accuracy": Estimate(0.8, 0.7, 0.9), "top_k_accuracy": Estimate(1.0)}
    assert [len(figure_table(scores, 5, number)["shares"]) for number in (5, 6)] == [1, 2]
    assert figure_table(scores, 5, 6)["shares"][1]["title"] == "Top-5 accuracy"


def test_the_headline_names_the_weakest_class_and_counts_it():
    found = headline(Estimate(0.9, 0.8, 0.95), 20, classes(cat=0.8, dog=1.0))
    assert found["right"] == "The predicted class is right for 18 of 20 test images."
    assert (found["weakest"], found["recall"]) == ("cat", "8 of its 10 test images")
    assert headline(Estimate(1.0, 0.8, 1.0), 20, classes(cat=1.0, dog=1.0))["weakest"] == ""
    assert headline(Estimate(math.nan), 0, classes(cat=math.nan))["right"] == "There are no test images."


def test_classes_that_lack_the_same_figures_are_named_together():
    (note,) = undefined_notes({"recall": ["a", "b"], "roc_auc": ["a", "b"], "precision": []})
    assert (note["figures"], note["classes"], note["number"]) == ("recall and ROC AUC", ["a", "b"], "2 classes")
    (many,) = undefined_notes({"recall": [str(one) for one in range(20)]})
    assert (len(many["classes"]), many["more"]) == (12, 8)


def test_the_worst_class_is_first_and_an_undefined_one_last():
    frame = classes(good=0.9, none=math.nan, bad=0.2)
    assert [frame["class"][one] for one in worst_first(frame)] == ["bad", "good", "none"]
    table = class_table(frame)
    assert [name for name, _, _ in table["rows"]] == ["bad", "good", "none"]
    assert table["start"] == "10%"
    assert table["rows"][2][2][0]["value"] == "–"


def test_findings_are_marked_and_counted():
    slices = [Slice("size", "small", 30, 20, Estimate(0.3, 0.2, 0.5), 0.9, 0.0004),
              Slice("size", "large", 30, 2, Estimate(0.93, 0.8, 0.98), 0.9, 1.0)]  # fmt: skip
    found = slice_rows(slices)
    assert (found["findings"], found["total"], found["start"]) == (1, 2, "20%")
    assert [(row["finding"], row["chance"]) for row in found["rows"]] == [(True, "<0.001"), (False, "1.00")]


@pytest.mark.parametrize(("value", "text"), [(0.031, "0.031"), (0.0004, "<0.001"), (0.456, "0.46"), (1, "1.00")])
def test_chance_as_text(value, text):
    assert chance_text(value) == text


@pytest.mark.parametrize(("seconds", "text"), [(0.0031, "3.1 ms"), (0.0256, "26 ms"), (2.34, "2.3 s")])
def test_durations(seconds, text):
    assert duration_text(seconds) == text


def test_the_introduction_names_a_few_classes():
    text = introduction(1_520_000, ["x" * 99, *map(str, range(20))], (32, 24, 1), "digits")
    assert "1.52 million parameters, trained on digits" in text
    assert "32×24 pixels in gray" in text
    assert text.endswith("and 9 more.")
    assert max(map(len, text.split())) < 40


@pytest.mark.parametrize(
    ("path", "name"),
    [("/data/my cats/", "my cats"), ("s3://b/cats.zip", "cats.zip"), ("C:\\cats", "cats"), (None, "digits")],
)
def test_data_are_called_by_their_folder(path, name):
    assert data_name({"data.name": "digits", "data.path": path}) == name

import io

import pytest
from rich.console import Console

from pipeline.base.errors import PipelineError
from pipeline.inference.label_report import LabelReport
from pipeline.runtime.prediction import Outcome

CLASSES = ("cat", "dog", "owl")


def outcome(name):
    return Outcome(None, 0.0, "broken") if name is None else Outcome(CLASSES.index(name), 0.9, "")


def report_of(*pairs):
    report = LabelReport(CLASSES)
    report.add([label for label, _ in pairs], [outcome(predicted) for _, predicted in pairs])
    return report


def test_accuracy_recall_and_precision():
    report = report_of(("cat", "cat"), ("cat", "dog"), ("dog", "dog"), ("dog", None), ("yak", "cat"))
    assert report.images == 3
    assert report.accuracy == pytest.approx(2 / 3)
    assert report.class_rows() == [("cat", 2, 0.5, 1.0), ("dog", 1, 1.0, 0.5)]


def test_it_prints_what_is_confused_and_what_is_left_out():
    text = io.StringIO()
    report_of(("cat", "dog"), ("cat", "dog"), ("yak\x1b", "owl")).print_to(Console(file=text, width=100))
    assert "accuracy 0.0000 on 2 labeled images" in text.getvalue()
    assert "2  cat predicted as dog" in text.getvalue()
    assert r"left out: images in yak\x1b, no class of the model: 1" in text.getvalue()


def test_folders_that_are_no_classes_at_all_are_refused():
    with pytest.raises(PipelineError, match="no folder is named after a class; the folders are 2024, the classes cat"):
        LabelReport(CLASSES).check(["2024", "2024"])

import numpy as np
import pandas as pd
import pytest

from pipeline.config.schema.pipeline_schema import GateConfig
from pipeline.evaluation.metrics import class_metrics, confusion_counts, summary_metrics
from pipeline.evaluation.predictions_table import predictions_table

CLASSES = ["ant", "bee", "owl"]
TRUTH = [0, 0, 0, 0, 1, 1, 2]
PROBABILITIES = [
    [0.8, 0.1, 0.1],
    [0.8, 0.1, 0.1],
    [0.8, 0.1, 0.1],
    [0.3, 0.6, 0.1],
    [0.1, 0.8, 0.1],
    [0.8, 0.1, 0.1],
    [0.6, 0.3, 0.1],
]


@pytest.fixture
def table():
    rows = pd.DataFrame({"class_index": TRUTH, "label": [CLASSES[index] for index in TRUTH]})
    rows["path"] = rows["digest"] = [str(index) for index in range(len(TRUTH))]
    rows["position"] = range(len(TRUTH))
    return predictions_table(rows, np.array(PROBABILITIES, np.float32), CLASSES)


def test_class_metrics_are_those_of_the_definition(table):
    found = class_metrics(table, CLASSES)
    assert list(found.columns) == ["class", "precision", "recall", "f1", "images"]
    assert found["class"].tolist() == CLASSES
    assert found["precision"].tolist() == pytest.approx([3 / 5, 1 / 2, 0])
    assert found["recall"].tolist() == pytest.approx([3 / 4, 1 / 2, 0])
    assert found["f1"].tolist() == pytest.approx([2 / 3, 1 / 2, 0])
    assert found["images"].tolist() == [4, 2, 1]


def test_confusion_has_the_truth_in_rows(table):
    assert confusion_counts(table, CLASSES).tolist() == [[3, 1, 0], [1, 1, 0], [1, 0, 0]]


def test_a_class_without_images_has_a_row_of_zeros(table):
    assert confusion_counts(table, [*CLASSES, "zebra"])[3].tolist() == [0, 0, 0, 0]
    assert class_metrics(table, [*CLASSES, "zebra"]).to_numpy()[3].tolist() == ["zebra", 0.0, 0.0, 0.0, 0]


def test_summary_metrics_are_those_of_the_whole_split(table):
    found = summary_metrics(table, CLASSES, 2)
    assert (found["images"], found["top_k"]) == (7, 2)
    assert found["accuracy"] == pytest.approx(4 / 7)
    assert found["top_k_accuracy"] == pytest.approx(6 / 7)
    of_truth = [row[truth] for row, truth in zip(PROBABILITIES, TRUTH, strict=True)]
    assert found["loss"] == pytest.approx(-np.log(of_truth).mean(), rel=1e-6)
    assert found["macro_precision"] == pytest.approx((3 / 5 + 1 / 2) / 3)
    assert found["macro_recall"] == pytest.approx((3 / 4 + 1 / 2) / 3)
    assert found["macro_f1"] == pytest.approx((2 / 3 + 1 / 2) / 3)
    assert found["min_class_recall"] == 0.0


def test_top_1_is_accuracy_and_top_all_is_everything(table):
    assert summary_metrics(table, CLASSES, 1)["top_k_accuracy"] == pytest.approx(4 / 7)
    found = summary_metrics(table, CLASSES, 50)
    assert (found["top_k"], found["top_k_accuracy"]) == (3, 1.0)


def test_every_metric_the_gate_may_ask_for_is_measured(table):
    assert set(GateConfig.model_fields) - {"name"} <= set(summary_metrics(table, CLASSES, 2))


def test_metrics_are_plain_numbers(table):
    assert {type(value) for value in summary_metrics(table, CLASSES, 2).values()} == {int, float}

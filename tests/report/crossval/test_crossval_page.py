"""The page and the tables of a cross-validation."""

import json
import math

import pandas as pd
import pytest

from pipeline.crossvalidation.crossval_outcome import CrossvalOutcome
from pipeline.crossvalidation.crossval_tables import write_tables
from pipeline.crossvalidation.fold_plan import FoldPlan
from pipeline.crossvalidation.fold_result import FoldResult
from pipeline.crossvalidation.fold_statistics import spread
from pipeline.report.crossval.crossval_page import write_crossval_page
from pipeline.report.crossval.fold_strip import WIDTH, fold_strip, strip_start


def result(number, accuracy, images=(2, 2)):
    table = pd.DataFrame({"class": ["cat", "<b>日本"], "images": images})
    table = table.assign(precision=accuracy, recall=accuracy, f1=accuracy)
    metrics = {"images": sum(images), "top_k": 2, "accuracy": accuracy, "top_k_accuracy": 1.0, "loss": 0.5}
    metrics |= {"macro_f1": accuracy, "macro_recall": accuracy, "macro_precision": accuracy}
    return FoldResult(number, f"crossval-k-fold-{number}", metrics, table, reused=number == 1)


@pytest.fixture
def outcome(config):
    plan = FoldPlan(3, config, ("data.path=/here/photos",), ("data.path=photos",), "k")
    found = CrossvalOutcome(plan, "parent-run")
    found.add(result(1, 0.8), "run-1")
    found.add(result(2, 0.9, images=(4, 0)), "run-2")
    return found


def test_the_page_shows_figures_folds_and_what_was_left_out(outcome, tmp_path):
    outcome.failures[3] = "the loss is <NaN>"
    page = write_crossval_page(tmp_path / "report.html", outcome).read_text()
    assert "Test accuracy 0.8500 ± 0.0707" in page
    assert "Only 2 of 3 folds are done" in page
    assert "the loss is &lt;NaN&gt;" in page
    assert "top-2 accuracy" in page
    assert "class &lt;b&gt;日本 has no test image in fold 2: left out of the means there" in page
    assert "<b>" not in page
    assert "/here" not in page
    assert page == write_crossval_page(tmp_path / "again.html", outcome).read_text()


def test_the_tables_have_the_same_figures(outcome, tmp_path):
    names = [file.name for file in write_tables(tmp_path, outcome)]
    assert names == ["summary.json", "folds.csv", "classes.csv", "classes_by_fold.csv"]
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary["complete"] is False
    assert summary["metrics"]["accuracy"] == {
        "mean": pytest.approx(0.85),
        "std": pytest.approx(0.0707, abs=1e-4),
        "folds": 2,
    }
    assert summary["classes"]["<b>日本"]["recall"] == {"mean": 0.8, "std": None, "folds": 1}
    classes = pd.read_csv(tmp_path / "classes.csv")
    assert classes["recall_mean"].tolist() == pytest.approx([0.85, 0.8])
    assert math.isnan(classes["recall_std"][1])
    assert pd.read_csv(tmp_path / "folds.csv")["run_id"].tolist() == ["run-1", "run-2"]


def test_the_terminal_s_lines(outcome):
    assert outcome.fold_line(outcome.results[0]).endswith("on 4 test images (reused: experiment crossval-k-fold-1)")
    assert "accuracy         0.8500 ± 0.0707" in outcome.table()
    assert "note: class <b>日本 has no test image in fold 2" in outcome.table()
    outcome.failures[3] = "the loss is NaN."
    sentence = outcome.failure_sentence("outputs/crossval")
    assert sentence.startswith("fold 3 failed: the loss is NaN; 2 of 3 folds are done and kept")


def test_undefined_figures_are_not_logged(outcome):
    logged = outcome.logged_metrics()
    assert logged["test/accuracy_mean"] == pytest.approx(0.85)
    assert "class/<b>日本/recall_mean" in logged
    assert "class/<b>日本/recall_std" not in logged


def test_a_strip_runs_from_a_tenth_below_the_lowest_value_to_one():
    assert strip_start([0.87, 1.0]) == 0.8
    assert strip_start([1.0]) == 0.9
    assert strip_start([]) == 0.0
    strip = fold_strip([0.8, 1.0], spread([0.8, 1.0]), 0.8)
    assert strip["dots"] == [5.0, WIDTH - 5]
    assert strip["mean"] == WIDTH / 2
    assert fold_strip([], spread([]), 0.0)["mean"] is None

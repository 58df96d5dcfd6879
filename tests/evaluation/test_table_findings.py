"""All that follows from a predictions table, and the files that hold it."""

import json

import pandas as pd
import pytest

from pipeline.evaluation.findings_files import write_findings
from pipeline.evaluation.table_findings import table_findings
from tests.evaluation.drawn_table import drawn_table


@pytest.fixture(scope="module")
def drawn():
    """Return class names and a table of three splits; the last class has no test image."""
    names, test = drawn_table(0, images=300)
    _, validation = drawn_table(1, images=200)
    _, train = drawn_table(2, images=100)
    test = test[test["label"] != names[-1]]
    splits = {"test": test, "validation": validation, "train": train}
    return names, pd.concat([part.assign(split=split) for split, part in splits.items()], ignore_index=True)


@pytest.fixture(scope="module")
def findings(drawn):
    names, table = drawn
    return table_findings(table, names, 3, dict.fromkeys(names, 25))


def test_figures_are_of_the_test_images_alone(drawn, findings):
    _, table = drawn
    test = table[table["split"] == "test"]
    assert findings.scores["accuracy"].value == test["correct"].mean()
    assert findings.confusion.sum() == findings.by_class["images"].sum() == len(test)
    assert sum(one.images for one in findings.reliability) == len(test)
    assert findings.temperature.images == (table["split"] == "validation").sum()


def test_a_class_without_test_images_is_named_and_left_out_of_means_and_minima(drawn, findings):
    """REPORTS.md, row 21: it counted as recall 0, so that no model ever passed the gate."""
    names, _ = drawn
    assert findings.undefined["recall"] == [names[-1]]
    known = findings.by_class["recall"].dropna()
    assert len(known) == len(names) - 1
    assert findings.scores["min_class_recall"].value == known.min() > 0
    assert findings.scores["macro_recall"].value == pytest.approx(known.mean())


def test_the_files_hold_what_was_found(drawn, findings, tmp_path):
    _, table = drawn
    metrics = write_findings(table, findings, tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {
        "metrics.json", "intervals.json", "calibration.json", "per_class.csv", "confusion.csv", "slices.csv",
        "label_errors.csv",
    }  # fmt: skip
    assert json.loads((tmp_path / "metrics.json").read_text()) == metrics
    intervals = json.loads((tmp_path / "intervals.json").read_text())
    assert intervals["accuracy"]["low"] < metrics["accuracy"] < intervals["accuracy"]["high"]
    assert len(pd.read_csv(tmp_path / "confusion.csv")) == metrics["images"]
    assert json.loads((tmp_path / "calibration.json").read_text())["temperature"]["temperature"]["value"] > 0
    assert len(pd.read_csv(tmp_path / "per_class.csv")) == len(findings.by_class)


def test_files_are_valid_json_where_figures_are_undefined(drawn, tmp_path):
    names, table = drawn
    alone = table[(table["split"] == "test") & (table["label"] == names[0])].head(1)
    metrics = write_findings(alone, table_findings(alone, names, 1, {}), tmp_path)
    assert metrics["images"] == 1
    for file in tmp_path.glob("*.json"):
        json.loads(file.read_text(), parse_constant=pytest.fail)


def test_it_can_be_computed_again_from_the_file(drawn, findings, tmp_path):
    names, table = drawn
    table.to_parquet(tmp_path / "predictions.parquet", index=False)
    again = table_findings(pd.read_parquet(tmp_path / "predictions.parquet"), names, 3, dict.fromkeys(names, 25))
    assert again.scores == findings.scores
    pd.testing.assert_frame_equal(again.by_class, findings.by_class)

"""python -m pipeline.scores: everything that follows from a predictions table."""

import json
import re
import subprocess
import sys

import pandas as pd
import pytest

from tests.evaluation.drawn_table import drawn_table


@pytest.fixture(scope="module")
def table_file(tmp_path_factory):
    _, test = drawn_table(0, images=300, classes=10, ease=1.0)
    _, validation = drawn_table(1, images=200, classes=10, ease=1.0)
    test["width"] = test["height"] = 40
    test["table.camera"] = ["old" if right else "new" for right in test["correct"]]
    test.loc[test.index[:20], "table.camera"] = "new"
    file = tmp_path_factory.mktemp("scores") / "predictions.parquet"
    pd.concat([test, validation.assign(split="validation")], ignore_index=True).to_parquet(file, index=False)
    return file


def run(*arguments):
    command = [sys.executable, "-m", "pipeline.scores", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_figures_groups_and_labels_are_printed_and_written(table_file, tmp_path):
    done = run(table_file, "--top-k", 2, "--output", tmp_path / "again")
    assert done.returncode == 0, done.stderr
    metrics = json.loads((tmp_path / "again/metrics.json").read_text())
    table = pd.read_parquet(table_file)
    test = table[table["split"] == "test"]
    assert metrics["accuracy"] == pytest.approx(test["correct"].mean())
    assert metrics["top_k_accuracy"] == pytest.approx((test["rank"] <= 2).mean())
    assert f"accuracy                    {metrics['accuracy']:.4f}" in done.stdout
    assert "camera, new" in done.stdout
    checked = pd.read_csv(tmp_path / "again/label_errors.csv")
    assert f"labels to check: {len(checked) or 'none'}" in done.stdout


def test_a_figure_without_interval_is_printed_alone(tmp_path):
    _, few = drawn_table(0, images=20, classes=10)
    few.to_parquet(tmp_path / "few.parquet", index=False)
    done = run(tmp_path / "few.parquet")
    assert done.returncode == 0, done.stderr
    assert re.search(r"mean_average_precision +0\.\d{4}$", done.stdout, re.MULTILINE)
    assert "nan" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["missing.parquet"], "there is no file missing.parquet"),
        (["conf"], "conf is a folder"),
        (["params.yaml"], "params.yaml cannot be read as a Parquet file"),
        (["--output", "params.yaml"], "params.yaml is not a folder"),
        (["--top-k", "0"], "--top-k must be at least 1"),
    ],
)
def test_bad_input_is_one_sentence(arguments, sentence):
    done = run(*arguments)
    assert done.returncode in (1, 2)
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr

"""python -m pipeline.predict: what it writes and prints, its exit codes, Ctrl-C."""

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys

import pandas as pd
import pytest


@pytest.fixture
def predict(model_file, root):
    """Run the command; return exit code, standard output and standard error."""

    def call(*arguments, **options):
        command = [sys.executable, "-m", "pipeline.predict", *map(str, arguments), "--model", str(model_file)]
        environment = os.environ | {"PYTHONPATH": str(root), "PYTHONIOENCODING": "utf-8"}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, **options)
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout, done.stderr

    return call


def test_a_folder_is_written_to_csv_with_labels_and_one_unreadable_photo(predict, photos, tmp_path):
    code, output, errors = predict(photos, "--output", tmp_path / "p.csv", "--labels", "folders", "--top", 2)
    assert code == 3
    rows = list(csv.DictReader((tmp_path / "p.csv").open(encoding="utf-8")))
    assert len(rows) == 13
    assert [row["path"] for row in rows if row["error"]] == [str(photos / "cat" / "notes.jpg")]
    assert {row["label"] for row in rows} == {"cat", "ü <b>"}
    right = sum(row["label"] == row["predicted"] for row in rows)
    assert f"accuracy {right / 12:.4f} on 12 labeled images" in output
    assert "model.keras, 3 classes, OpenVINO" in errors
    assert "13 images in" in errors
    assert "notes.jpg: not an image of a format that Pillow reads" in errors


def test_other_formats_say_the_same(predict, photos, tmp_path):
    code, output, _ = predict(photos / "ü <b>", "--format", "jsonl")
    assert code == 0
    rows = [json.loads(line) for line in output.splitlines()]
    assert predict(photos / "ü <b>", "--output", tmp_path / "p.parquet")[0] == 0
    table = pd.read_parquet(tmp_path / "p.parquet")
    assert [row["path"] for row in rows] == list(table["path"])
    assert [row["confidence"] for row in rows] == pytest.approx(list(table["confidence"]), abs=1e-5)
    code, output, _ = predict(photos / "ü <b>")
    assert [line.split("\t")[:2] for line in output.splitlines()] == [[row["path"], row["predicted"]] for row in rows]


def test_a_temperature_changes_probabilities_and_not_classes(predict, photos):
    plain, softer = (predict(photos / "cat", *more, "--format", "csv")[1] for more in ((), ("--temperature", "3")))
    before, after = (list(csv.DictReader(text.splitlines())) for text in (plain, softer))
    assert [row["predicted"] for row in before] == [row["predicted"] for row in after]
    readable = [
        (float(a["confidence"]), float(b["confidence"])) for a, b in zip(before, after, strict=True) if not a["error"]
    ]
    assert len(readable) == 6
    assert all(soft < plain for plain, soft in readable)


def test_nothing_readable_is_an_error(predict, photos, tmp_path):
    code, output, errors = predict("missing.jpg", cwd=tmp_path)
    assert (code, output) == (1, "missing.jpg\tunreadable: no such file\n")
    assert "unreadable: missing.jpg: no such file" in errors


@pytest.mark.parametrize(
    ("options", "code", "sentence"),
    [
        (["--format", "parquet"], 1, "--format parquet needs --output FILE: it is not text"),
        (["--output", "cat/00.png/p.csv"], 1, "cannot write cat/00.png/p.csv"),  # a file where a folder should be
        (["--sheet", "cat"], 1, "cannot write cat: it is a folder"),
        (["--output", "/dev/null", "--format", "csv"], 1, "cannot write /dev/null: it is not a regular file"),
        (["--output", "cat/00.png", "--format", "csv"], 1, "it is one of the photos"),
        (["--output", "p.csv", "--sheet", "./p.csv"], 1, "p.csv is named twice as a file to write"),
        (
            ["--output", "p.xlsx"],
            1,
            "--output p.xlsx: end it in .csv, .jsonl, .ndjson",
        ),
        (["--top", "0"], 2, "--top must be at least 1, got 0"),
        (["--temperature", "0"], 2, "--temperature must be a positive finite number, got 0"),
        (["--temperature", "nan"], 2, "--temperature must be a positive finite number, got nan"),
        (["--temperature", "hot"], 2, "invalid float value: 'hot'"),
        (["--format", "xml"], 2, "invalid choice: 'xml'"),
    ],
)
def test_wrong_options_are_one_sentence(predict, photos, options, code, sentence):
    found, _, errors = predict(photos, *options, cwd=photos)
    assert found == code
    assert sentence in errors


def test_ctrl_c_leaves_whole_lines_of_what_was_done(model_file, photos, root, tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(3000):
        shutil.copy(photos / "cat" / "00.png", folder / f"{number:05d}.png")
    command = [
        sys.executable,
        "-m",
        "pipeline.predict",
        str(folder),
        str(folder),
        str(folder),
        "--model",
        str(model_file),
    ]
    process = subprocess.Popen(
        [*command, "--output", str(tmp_path / "p.csv")],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(root)},
    )
    assert process.stderr
    process.stderr.readline()  # the model is loaded
    while not any(file.stat().st_size for file in tmp_path.glob(".partial-*")):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in errors
    text = (tmp_path / "p.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert text.endswith("\n")
    assert 0 < len(rows) < 9000
    (said,) = re.findall(rf"interrupted: ([0-9,]+) of 9,000 images are in {tmp_path / 'p.csv'}\.", errors)
    assert len(rows) - int(said.replace(",", "")) in (0, 1)  # one if the signal came between writing and counting
    assert list(tmp_path.glob(".partial-*")) == []


def test_nothing_heavy_is_imported_for_it(model_file, photos):
    """So that one photo is classified within a second or two."""
    code = "import runpy, sys\ntry: runpy.run_module('pipeline.predict', run_name='__main__')\nfinally: "
    code += "print(sorted({'keras', 'tensorflow', 'mlflow', 'pandas', 'pydantic'} & set(sys.modules)))"
    command = [sys.executable, "-c", code, str(photos / "cat" / "00.png"), "--model", str(model_file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"

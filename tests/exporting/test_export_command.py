"""python -m pipeline.export: what it writes and prints, and its sentences."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest


def test_it_prints_a_table_and_replaces_only_the_formats_that_it_writes(export, tmp_path):
    out = tmp_path / "out"
    first = export("--to", "savedmodel", "litert")
    assert first.code == 0, first.errors
    rows = [line.split() for line in first.output.splitlines()]
    assert [row[0] for row in rows[:4]] == ["format", "keras", "savedmodel", "litert"]
    assert "test accuracy: on 60 of 60 test images" in first.output
    assert f"litert: {out / 'litert'}" in first.errors
    before = (out / "savedmodel/saved_model.pb").stat().st_mtime_ns
    (out / "litert/model.tflite").write_text("old")
    assert export("--to", "litert").code == 0
    assert (out / "litert/model.tflite").read_bytes()[4:8] == b"TFL3"
    assert (out / "savedmodel/saved_model.pb").stat().st_mtime_ns == before
    report = json.loads((out / "report.json").read_text())
    assert [row["format"] for row in report["rows"]] == ["keras", "litert", "savedmodel"]
    assert report["notes"][-1] == "measured in an earlier run: savedmodel"
    assert (out / "report.md").read_text().startswith("# trained.keras\n\n| format | engine |")
    assert sorted(path.name for path in out.iterdir()) == ["litert", "report.json", "report.md", "savedmodel"]


def test_the_default_folder_is_named_after_the_model(export, project):
    assert export("--to", "savedmodel", output=None).code == 0
    (folder,) = (project / "exports").glob("trained-*")
    assert (folder / "savedmodel/pipeline.json").is_file()
    shutil.rmtree(folder)


def test_savedmodel_has_no_int8(export, tmp_path):
    ended = export("--to", "savedmodel", "--int8")
    assert ended.code == 0
    assert "savedmodel has no int8: it is written in float32 only" in ended.errors
    assert not (tmp_path / "out/savedmodel-int8").exists()


def test_without_prepared_data_int8_is_refused_and_the_rest_works(export, project, tmp_path):
    shutil.copy(project / "trained.keras", tmp_path)
    refused = export("--to", "onnx", "--int8", folder=tmp_path)
    assert (refused.code, refused.output) == (1, "")
    assert "error: --int8 is calibrated on training images, and outputs/prepare/images has none" in refused.errors
    assert not (tmp_path / "out").exists()
    ended = export("--to", "savedmodel", folder=tmp_path)
    assert ended.code == 0, ended.errors
    assert "on 32 images of noise" in ended.output
    assert "test accuracy: not measured, since outputs/prepare/images has no test images of this model" in ended.output


def test_answers_that_differ_from_the_golden_ones_are_an_error(export, project, tmp_path):
    from pipeline.data.golden_batch import GoldenBatch, encoded
    from pipeline.inference import load_model

    shutil.copy(project / "trained.keras", tmp_path)
    classifier = load_model(str(project / "trained.keras"), engine="keras")
    images = encoded(calibration(project))
    right = GoldenBatch(
        images, classifier.probabilities(GoldenBatch(images, None).pixels(classifier.spec.preprocessing))
    )
    (tmp_path / "golden.json").write_text(right.to_json())
    ended = export("--to", "savedmodel", folder=tmp_path)
    assert "on 4 golden images" in ended.output, ended.errors
    wrong = GoldenBatch(images, right.probabilities[:, ::-1])
    (tmp_path / "golden.json").write_text(wrong.to_json())
    shutil.rmtree(tmp_path / "out")
    ended = export("--to", "savedmodel", folder=tmp_path)
    assert ended.code == 1
    assert ended.errors.splitlines()[-1].startswith("error: savedmodel is not written: under TensorFlow")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["report.json", "report.md"]


def calibration(project):
    from pipeline.data.dataset import Dataset
    from pipeline.exporting.export_data import calibration_images

    return calibration_images(Dataset(project / "outputs/prepare/images"))[:4]


@pytest.mark.parametrize(
    ("arguments", "model", "code", "sentence"),
    [
        (["--to", "tensorrt"], "trained.keras", 2, "invalid choice: 'tensorrt'"),
        (
            ["--to", "onnx", "models:/x@y"],
            None,
            2,
            "'models:/x@y' (choose from openvino, onnx, litert, savedmodel; MODEL",
        ),
        (["--rounds", "-1"], "trained.keras", 2, "--rounds must be at least 0, got -1"),
        (["--max-drop", "2"], "trained.keras", 2, "--max-drop must be from 0 to 1, got 2"),
        ([], "missing.keras", 1, "error: MODEL: there is no file missing.keras"),
        ([], "photo.png", 1, "error: MODEL: 'photo.png' is neither a .keras file nor models:/NAME@alias"),
        ([], "models:/none@candidate", 1, "error: MODEL: MLflow has no model at models:/none@candidate"),
        (
            [],
            None,
            1,
            "error: no model of this project is registered yet; make one with dvc repro, or name one with MODEL",
        ),
        (["--output", "dvc.yaml"], "trained.keras", 1, "dvc.yaml is not a folder"),
        (["--output", "dvc.yaml/x"], "trained.keras", 1, "error: cannot write into dvc.yaml/x: /"),
    ],
)
def test_a_wrong_argument_is_one_sentence(export, tmp_path, arguments, model, code, sentence):
    ended = export(*arguments, model=model)
    assert ended.code == code
    assert sentence in ended.errors.splitlines()[-1]
    assert not (tmp_path / "out").exists()


def test_ctrl_c_leaves_what_is_written(project, root, tmp_path):
    command = [sys.executable, "-m", "pipeline.export", "trained.keras", "--to", "savedmodel", "onnx", "litert"]
    process = subprocess.Popen(
        [*command, "--output", str(tmp_path / "out"), "--rounds", "1000"],
        cwd=project, env=os.environ | {"PYTHONPATH": str(root)}, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    for line in process.stderr:
        if line == "onnx: converting\n":
            time.sleep(0.3)  # in the middle of it
            process.send_signal(signal.SIGINT)
            break
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names in ({"savedmodel"}, {"savedmodel", "onnx"})  # whole ones only
    written = ", ".join(name for name in ("savedmodel", "onnx") if name in names)
    place = tmp_path / "out"
    assert errors.splitlines()[-1] == (
        f"interrupted: written and checked in {place}: {written}; there is no new report."
    )

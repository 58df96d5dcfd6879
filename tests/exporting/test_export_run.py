"""What is in an exported folder, and what is said of formats that fail or lose accuracy."""

import json
import shutil
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from pipeline.base.errors import PipelineError
from pipeline.exporting.export_data import calibration_images, check_images, prepared_data
from pipeline.exporting.export_report import ExportReport, ExportRow
from pipeline.exporting.export_run import ExportRun
from pipeline.exporting.formats.variant import FORMATS, wanted_variants
from pipeline.inference.model_files import find_model
from pipeline.runtime.model_spec import ModelSpec

FLOATS = {"openvino", "onnx", "litert", "savedmodel"}
INT8 = {"openvino-int8", "onnx-int8", "litert-int8"}


def test_every_format_has_its_folder_and_its_row(exported):
    folder, report = exported
    assert {path.name for path in folder.iterdir()} == FLOATS | INT8
    assert {row.format for row in report.rows} == {"keras"} | FLOATS | INT8
    for row in report.rows:
        assert row.size > 0
        assert row.timing.latency > 0
        assert row.timing.rate > 0
        assert row.difference <= (0.3 if row.precision == "int8" else 0.05)
    accuracies = {row.format: row.accuracy for row in report.rows}
    assert accuracies["keras"] >= 0.8
    assert all(abs(accuracies[name] - accuracies["keras"]) <= 0.1 for name in FLOATS | INT8)
    assert report.notes[:2] == [
        "difference: the largest of a probability, on 32 validation images",
        "test accuracy: on 60 of 60 test images",
    ]


def test_int8_files_are_smaller_than_float_ones(exported):
    folder, _ = exported
    for name in ("openvino/model.bin", "onnx/model.onnx", "litert/model.tflite"):
        float_size = (folder / name).stat().st_size
        assert (folder / name.replace("/", "-int8/")).stat().st_size < 0.6 * float_size
    quantized = json.dumps(str((folder / "onnx-int8/model.onnx").read_bytes()))
    assert "QuantizeLinear" in quantized
    assert "FakeQuantize" in (folder / "openvino-int8/model.xml").read_text()


@pytest.mark.parametrize("suffix", ["", "-int8"])
def test_class_names_and_decoding_are_in_each_file(exported, project, suffix):
    import onnx
    import openvino

    folder, _ = exported
    expected = find_model(str(project / "trained.keras")).spec()
    network = openvino.Core().read_model(folder / f"openvino{suffix}/model.xml")
    graph = onnx.load(folder / f"onnx{suffix}/model.onnx")
    texts = {
        "openvino": network.get_rt_info(["pipeline", "spec"]).astype(str),
        "onnx": {prop.key: prop.value for prop in graph.metadata_props}["pipeline.spec"],
        "litert": zipfile.ZipFile(folder / f"litert{suffix}/model.tflite").read("pipeline.json").decode(),
    }
    for name, text in texts.items():
        assert ModelSpec.from_json(text, name) == expected
        assert ModelSpec.from_json((folder / f"{name}{suffix}/pipeline.json").read_text(), name) == expected


def test_the_project_runs_on_an_exported_openvino_model(exported, project):
    from pipeline.runtime.engine.openvino_engine import OpenVinoEngine

    pixels = calibration_images(prepared_data(project, find_model(str(project / "trained.keras")).spec()))[:5]
    engines = [OpenVinoEngine(exported[0] / name) for name in ("openvino", "openvino-int8")]
    assert engines[0].spec == engines[1].spec
    np.testing.assert_allclose(*(engine.probabilities(pixels) for engine in engines), atol=0.3)


def test_a_format_with_other_answers_is_not_written(project, tmp_path):
    shutil.copy(project / "trained.keras", tmp_path)
    files = find_model(str(tmp_path / "trained.keras"))
    right = check_images(files.keras, files.spec(), prepared_data(project, files.spec()))
    assert right.origin == "validation images"
    run = ExportRun(files, tmp_path / "out", None, int8=False)
    wrong = np.roll(run._expected, 1, axis=1)
    run._expected = wrong
    run.write(wanted_variants(["savedmodel"], int8=False))
    assert run.written == []
    assert run.failures[0].startswith("savedmodel is not written: under TensorFlow")
    assert run.failures[0].endswith("from the expected one, more than 0.001")
    assert list((tmp_path / "out").iterdir()) == []
    report = run.measured(rounds=0)
    assert [row.format for row in report.rows] == ["keras"]
    assert report.rows[0].accuracy is None
    assert "has no test images of this model" in report.notes[1]


def test_data_of_another_model_are_not_used(project):
    spec = find_model(str(project / "trained.keras")).spec()
    assert prepared_data(project, spec) is not None
    assert prepared_data(project, replace(spec, classes=("a", "b", "c"))) is None
    assert prepared_data(project / "nowhere", spec) is None
    assert prepared_data(None, spec) is None


def test_int8_that_loses_accuracy_is_reported():
    keras = ExportRow("keras", "Keras", "float32", 1, 0.0, None, 0.95)
    rows = [keras, replace(keras, format="onnx-int8", precision="int8", accuracy=0.92)]
    report = ExportReport("m", "d", rows, [])
    assert report.accuracy_drops(0.05) == []
    assert report.accuracy_drops(0.01) == [
        "onnx-int8: test accuracy 0.9200 is 0.0300 lower than Keras's 0.9500, more than --max-drop 0.01"
    ]
    unknown = ExportReport("m", "d", [replace(row, accuracy=None) for row in rows], [])
    assert unknown.accuracy_drops(0.01) == []


def test_a_missing_package_is_one_sentence():
    missing = replace(FORMATS["onnx"], packages=("no_such_package",))
    with pytest.raises(PipelineError, match=r"onnx takes no_such_package, not installed here: pip install -e '\.\[exp"):
        wanted_variants(["onnx"], int8=False, formats={"onnx": missing})

"""What is measured: photos that can be read, the command's own options, engines that agree."""

import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest
from PIL import Image

from benchmarks.inference.agreement import agreement_table
from benchmarks.inference.build_models import build_model
from benchmarks.inference.inference_rounds import ORDER
from benchmarks.inference.measured_work import Work
from benchmarks.inference.model_folder import make_missing_models, model_file, openvino_file
from benchmarks.inference.photo_files import PHOTO, write_photos
from benchmarks.inference.workers.bare_openvino import BareQueue
from benchmarks.inference.workers.predict_files import command_options
from benchmarks.machine import machine_description
from pipeline import predict
from pipeline.inference import load_model

LIGHT = ("bare_openvino", "predict_arrays", "predict_files", "decode_alone")  # workers


@pytest.fixture(scope="module")
def work(keras, tmp_path_factory):
    folder = tmp_path_factory.mktemp("work")
    build_model(folder, 32, width=0.125)
    write_photos(folder / "photos", 32, 40)
    return Work(model_file(folder, 32), 32, 40, folder / "photos")


@pytest.mark.parametrize(("side", "size"), [(32, (32, 32)), (224, PHOTO)])
def test_the_photos_are_readable_and_differ(side, size, tmp_path):
    images = [Image.open(file) for file in write_photos(tmp_path / "photos", side, 2)]
    assert [(image.format, image.size) for image in images] == [("JPEG", size)] * 2
    assert np.asarray(images[0]).tolist() != np.asarray(images[1]).tolist()


def test_the_command_classifies_the_photos_with_the_options_that_its_parser_gives(work, tmp_path):
    options = command_options(work, tmp_path / "found.csv")
    words = [*options.paths, "--model", options.model, "--engine", "openvino", "--output", str(options.output)]
    assert options == predict._parser().parse_args(words)
    assert len(predict.main(options)) == work.images
    assert len(options.output.read_text().splitlines()) == 1 + work.images


def test_models_that_are_there_are_reused(work):
    before = work.model.stat().st_mtime_ns
    make_missing_models(work.model.parents[1], [32])
    assert work.model.stat().st_mtime_ns == before


def test_the_bare_queue_finds_what_predict_finds(work):
    import openvino

    pixels, core = work.arrays(), openvino.Core()
    compiled = core.compile_model(core.read_model(openvino_file(work.model)), "CPU")
    queue = BareQueue(openvino.AsyncInferQueue(compiled, 2), pixels)
    queue.run()
    assert queue.size == 20
    found = np.concatenate([queue.found[start] for start in sorted(queue.found)])
    table = load_model(str(work.model), engine="openvino").predict(pixels)
    np.testing.assert_allclose(found.max(axis=1), table["confidence"], atol=0.02)


@pytest.mark.parametrize("module", sorted({module for module, _, _ in ORDER.values()}))
def test_every_worker_of_a_round_exists(module):
    if module != "torch_predict" or find_spec("torch"):
        assert find_spec(f"benchmarks.inference.workers.{module}")


def test_agreement_is_the_share_of_equal_classes_and_both_accuracies():
    one = np.array([[0.9, 0.1], [0.4, 0.6]], np.float32)
    other = np.array([[0.8, 0.2], [0.6, 0.4]], np.float32)
    text = agreement_table(one, other, np.array([0, 1], np.int32), ["A", "B"])
    assert "| same class | 50.00% | ≥ 99.9% | **falls short** |" in text
    assert "| accuracy, A | 1.0000 |" in text
    assert "| accuracy, B | 0.5000 |" in text
    assert "| largest difference of a probability | 0.2000 |" in text


def test_the_machine_s_description_names_only_what_is_installed(monkeypatch):
    monkeypatch.setattr("benchmarks.machine.LIBRARIES", ("openvino", "no-such-library"))
    text = machine_description()
    assert ", openvino 20" in text
    assert "no-such-library" not in text


def test_the_parent_and_the_workers_without_keras_import_no_training_library(root):
    modules = "benchmarks.inference.__main__", *(f"benchmarks.inference.workers.{name}" for name in LIGHT)
    heavy = ("keras", "tensorflow", "mlflow", "pydantic", "pandas")
    code = f"import sys, {', '.join(modules)}; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"

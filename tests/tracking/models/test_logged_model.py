"""A run's model, whole or not there, and what it takes to use it."""

import sys
from importlib.metadata import version
from pathlib import Path

import mlflow
import numpy as np
import pytest
from mlflow.exceptions import MlflowException

from pipeline.tracking.models.logged_model import logged_model_id


def test_a_model_that_was_not_logged_whole_does_not_count(run_id, log):
    with pytest.raises(AttributeError):
        log(run_id, object())
    assert mlflow.get_run(run_id).outputs.model_outputs
    assert logged_model_id(run_id) is None


def test_a_logged_model_loads_with_its_example_and_classes(run_id, log, spec, golden):
    model_id = log(run_id)
    assert logged_model_id(run_id) == model_id
    uri = f"models:/{model_id}"
    info = mlflow.models.get_model_info(uri)
    assert (info.metadata["classes"], info.metadata["fact"]) == (list(spec.classes), "1")
    assert info.signature.outputs.input_names() == ["predicted", "confidence", "probabilities"]
    pixels = golden.pixels(spec.preprocessing)
    by_keras = mlflow.keras.load_model(uri).predict(pixels, verbose=0)
    assert golden.difference(by_keras) < 1e-5
    model = mlflow.pyfunc.load_model(uri)
    answers = model.predict(golden.texts)
    assert list(answers["predicted"]) == [spec.classes[index] for index in by_keras.argmax(axis=1)]
    assert model.predict(model.input_example).equals(answers[:2])
    assert model.predict(pixels[:1], params={"top": 1})["probabilities"][0].keys() == {answers["predicted"][0]}
    with pytest.raises(MlflowException, match="image 0 cannot be read"):
        model.predict(["%%%"])


def test_the_model_runs_its_copy_of_the_code_with_pinned_requirements(run_id, log):
    folder = Path(mlflow.artifacts.download_artifacts(f"models:/{log(run_id)}"))
    assert not [file for file in folder.rglob("*") if file.suffix in (".pkl", ".pickle", ".cloudpickle")]
    raw = mlflow.pyfunc.load_model(str(folder)).get_raw_model()
    package = type(raw).__module__.partition(".")[0]
    assert package.startswith("image_classifier_")
    assert Path(sys.modules[package].__file__).parts[-4:-1] == ("artifacts", "code", package)
    assert (folder / "code" / package).is_dir()
    pins = (folder / "requirements.txt").read_text(encoding="utf-8").split()
    assert pins == [f"{name}=={version(name)}" for name in ("mlflow", "numpy", "openvino", "pandas", "pillow")]


def test_the_golden_batch_travels_with_the_model(run_id, log, golden):
    from pipeline.data.golden_batch import read_golden

    kept = read_golden(Path(mlflow.artifacts.download_artifacts(f"models:/{log(run_id)}"), "data/golden.json"))
    assert kept.images == golden.images
    assert np.array_equal(kept.probabilities, golden.probabilities)

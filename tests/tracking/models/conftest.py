"""What a training leaves to be logged, with a network that has random weights."""

import mlflow
import numpy as np
import pytest

from pipeline.data.golden_batch import GoldenBatch
from pipeline.tracking.models.logged_model import log_model
from pipeline.tracking.models.photo_flavor import GOLDEN_FILE, KERAS_FILE, OPENVINO_FOLDER, flavor_arguments
from pipeline.tracking.runs.training_run import active_run


@pytest.fixture(scope="session")
def golden(keras, model_file, spec, photos) -> GoldenBatch:
    images = tuple(file.read_bytes() for file in sorted(photos.rglob("0*"))[:3])
    empty = GoldenBatch(images, np.empty((0, 0), np.float32))
    network = keras.models.load_model(model_file)
    return GoldenBatch(images, network.predict_on_batch(empty.pixels(spec.preprocessing)))


@pytest.fixture(scope="session")
def log(keras, model_file, spec, golden, tmp_path_factory):
    """Return what logs the network to a run."""

    def log_to(run_id: str, model=None) -> str:
        file = tmp_path_factory.mktemp("golden") / "golden.json"
        file.write_text(golden.to_json(), encoding="utf-8")
        files = {KERAS_FILE: model_file, OPENVINO_FOLDER: model_file.parent / "openvino", GOLDEN_FILE: file}
        network = keras.models.load_model(model_file) if model is None else model
        return log_model(run_id, flavor_arguments(network, spec, golden, {"fact": "1"}, files))

    return log_to


@pytest.fixture(scope="module")
def log_once(store, log) -> str:
    """The id of an MLflow model of a new run."""
    mlflow.set_tracking_uri(store)
    experiment = mlflow.get_experiment_by_name("models").experiment_id
    run = mlflow.MlflowClient().create_run(experiment).info.run_id
    with active_run(run):
        return log(run)

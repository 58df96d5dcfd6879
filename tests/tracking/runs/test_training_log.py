"""What a finished training leaves in its run, in a real MLflow store."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import mlflow
import pytest
from mlflow.entities import Param
from mlflow.utils.file_utils import local_file_uri_to_path

from pipeline.base.digests import file_digest
from pipeline.base.paths import CURVES, GOLDEN, HISTORY, MODEL, OPENVINO, RUN
from pipeline.data.golden_batch import GoldenBatch
from pipeline.tracking.lineage import run_params
from pipeline.tracking.models.logged_model import MODEL_DIGEST, logged_model_id
from pipeline.tracking.runs.training_log import log_training
from pipeline.tracking.runs.training_run import active_run


@pytest.fixture
def trained(tmp_path, model_file, keras, spec, photos):
    """The outputs of a training."""
    images = tuple(file.read_bytes() for file in sorted(photos.rglob("0*"))[:3])
    (tmp_path / MODEL).parent.mkdir(parents=True)
    shutil.copy(model_file, tmp_path / MODEL)
    shutil.copytree(model_file.parent / "openvino", tmp_path / OPENVINO)
    network = keras.models.load_model(model_file)
    batch = GoldenBatch(images, None).pixels(spec.preprocessing)
    golden = GoldenBatch(images, network.predict_on_batch(batch)).to_json()
    texts = {GOLDEN: golden, HISTORY: "epoch,loss\n1,1.0\n", CURVES: "a picture"}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    record(tmp_path)
    return tmp_path


def record(root):
    (root / RUN).write_text(json.dumps({"model_digest": file_digest(root / MODEL)}), encoding="utf-8")


def test_the_model_of_a_training_that_began_anew_in_its_run_replaces_the_first(run_id, trained, keras, spec, config):
    from pipeline.training.networks.inference_model import save_keras_file

    mlflow.log_params(run_params(config), run_id=run_id)
    dataset = SimpleNamespace(info=SimpleNamespace(digest="0" * 64, model_spec=spec))
    first = log_training(trained, dataset, run_id, {"minutes": 1.0})
    assert log_training(trained, dataset, run_id, {"minutes": 1.0}) == first
    network = keras.models.load_model(trained / MODEL)
    network.set_weights([value + 0.01 for value in network.get_weights()])
    save_keras_file(network, trained / MODEL, spec)
    record(trained)
    assert logged_model_id(run_id, file_digest(trained / MODEL)) is None
    second = log_training(trained, dataset, run_id, {"minutes": 1.0})
    assert second == logged_model_id(run_id) != first
    files = Path(local_file_uri_to_path(mlflow.get_logged_model(second).artifact_location))
    assert file_digest(files / "data/model.keras") == file_digest(trained / MODEL)
    assert mlflow.get_run(run_id).data.tags[MODEL_DIGEST] == file_digest(trained / MODEL)


def test_a_lost_answer_leaves_one_model(proxy, trained, spec, config):
    mlflow.set_tracking_uri(proxy.uri)
    experiment, client = mlflow.create_experiment("lost answers"), mlflow.MlflowClient()
    run_id = client.create_run(experiment).info.run_id
    client.log_batch(run_id, params=[Param(name, str(value)) for name, value in run_params(config).items()])
    dataset = SimpleNamespace(info=SimpleNamespace(digest="0" * 64, model_spec=spec))
    with active_run(run_id), proxy.faulty("lost", "POST /api/2.0/mlflow/logged-models", times=1):
        model_id = log_training(trained, dataset, run_id, {"minutes": 1.0})
    assert proxy.times == 0
    assert [model.model_id for model in client.search_logged_models([experiment])] == [model_id]

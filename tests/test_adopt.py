"""A training made elsewhere, taken into a project."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from types import SimpleNamespace

import mlflow
import numpy as np
import pytest

from pipeline.base.errors import PipelineError
from pipeline.base.files import read_json
from pipeline.config.compose import compose
from pipeline.config.params_file import write_params
from pipeline.config.parse import parse_config

SLIVER = ["data.height=8", "data.width=8", "model=googlenet_tiny", "model.width=0.125", "model.dropout=0"]
SLIVER += ["recipe=strong", "recipe.epochs=2", "recipe.warmup_epochs=1", "recipe.optimizer=sgd", "gate=open"]
SLIVER += ["recipe.augment.cutmix=0.5", "recipe.augment.erase=0", "data.channels=1"]
SLIVER += ["data.max_per_class=40", "evaluation.robustness_images=20"]
HISTORY = [
    {"epoch": 1, "loss": 2.0, "accuracy": 0.3, "val_loss": 1.5, "val_accuracy": 0.5},
    {"epoch": 2, "loss": 1.0, "accuracy": 0.7, "val_loss": 0.5, "val_accuracy": 0.9},
]


@pytest.fixture(scope="module")
def project(root, tmp_path_factory):
    """A project with prepared digits of 8 by 8 pixels."""
    from pipeline import prepare

    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(root / "conf", folder / "conf")
    shutil.copyfile(root / "dvc.yaml", folder / "dvc.yaml")
    values = compose(root, SLIVER)
    write_params(folder, values)
    config = parse_config(values, "conf/")
    prepare.main(config, folder)
    return SimpleNamespace(
        root=folder, config=config, digest=read_json(folder / "outputs/prepare/images/dataset.json")["digest"]
    )


@pytest.fixture
def elsewhere(project, keras, tmp_path):
    """The files of a training: a network that learned nothing, and a history."""
    from pipeline.jax_training.training_record import trained_settings
    from pipeline.training.networks.build_network import build_network

    keras.utils.set_random_seed(0)
    build_network(project.config.model, (8, 8, 1), 10, 20).save(tmp_path / "model.keras")

    def write(**changed):
        record = {
            "device": "a GPU",
            "backend": "jax 1",
            "keras": "3",
            "precision": "float32",
            "data_digest": project.digest,
            "history": HISTORY,
            "ended": [1000.0, 1090.0],
            "settings": trained_settings(project.config),
        }
        record |= changed
        (tmp_path / "training.json").write_text(json.dumps(record), encoding="utf-8")
        return tmp_path

    return write


def test_an_adopted_training_is_evaluated_like_any_other(project, elsewhere, keras):
    from benchmarks.results.recorded_runs import evaluated_runs
    from pipeline import adopt, evaluate

    folder = elsewhere()
    adopt.main(folder, project.root)
    evaluated = evaluate.main(project.config, project.root)
    run = mlflow.get_run(read_json(project.root / "outputs/train/run.json")["run_id"])
    assert run.data.metrics["test/accuracy"] == pytest.approx(evaluated["accuracy"])
    assert run.data.metrics["validation/accuracy"] == 0.9
    assert run.data.tags["trained.device"] == "a GPU"
    pixels = np.random.default_rng(0).integers(0, 256, (4, 8, 8, 1), np.uint8)
    folders = (folder, project.root / "outputs/train")
    predictions = [keras.models.load_model(at / "model.keras")(pixels) for at in folders]
    np.testing.assert_allclose(*predictions, atol=1e-6)
    (row,) = evaluated_runs(f"sqlite:///{project.root}/mlflow.db", [project.config.tracking.experiment])
    assert (row["epochs"], row["minutes"], row["device"]) == ("2", "3.0", "a GPU")


def test_a_training_of_other_images_is_refused(project, elsewhere):
    from pipeline import adopt

    with pytest.raises(PipelineError, match="trained on other images"):
        adopt.main(elsewhere(data_digest="0" * 64), project.root)


def test_a_training_with_other_settings_is_refused(project, elsewhere):
    from pipeline import adopt
    from pipeline.jax_training.training_record import trained_settings

    settings = trained_settings(project.config)
    settings["recipe"]["learning_rate"] = 7.0
    with pytest.raises(PipelineError, match=r"recipe\.learning_rate=7\.0, params\.yaml has"):
        adopt.main(elsewhere(settings=settings), project.root)


@pytest.mark.parametrize(("written", "expected"), [("{", "is incomplete"), ("{}", "lacks backend, data_digest")])
def test_a_file_of_another_kind_is_refused(project, tmp_path, written, expected):
    from pipeline import adopt

    (tmp_path / "training.json").write_text(written)
    with pytest.raises(PipelineError, match=expected):
        adopt.main(tmp_path, project.root)


def test_a_folder_without_a_training_is_refused(project, tmp_path):
    from pipeline import adopt

    with pytest.raises(PipelineError, match="no training is in"):
        adopt.main(tmp_path, project.root)


def train(root, project, *arguments):
    """Train under JAX in the project's folder; return its record."""
    path = os.pathsep.join([str(root), *os.environ.get("PYTHONPATH", "").split(os.pathsep)])
    done = subprocess.run(
        [sys.executable, "-m", "pipeline.train_jax", "jax", *arguments],
        cwd=project.root, env=os.environ | {"PYTHONPATH": path, "JAX_PLATFORMS": "cpu"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return read_json(project.root / "jax" / "training.json")


@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="JAX is not installed")
def test_a_network_trained_by_jax_predicts_the_same_under_tensorflow(root, project, keras):
    from pipeline.data.dataset import Dataset

    record, dataset = train(root, project), Dataset(project.root / "outputs/prepare/images")
    assert [row["epoch"] for row in record["history"]] == [1, 2]
    assert record["history"][1]["loss"] < record["history"][0]["loss"]
    positions, labels = dataset.indices("validation")
    probabilities = keras.models.load_model(project.root / "jax" / "model.keras").predict(
        dataset.shards.take(positions), verbose=0
    )
    assert np.mean(probabilities.argmax(-1) == labels) == pytest.approx(record["history"][1]["val_accuracy"])
    assert -np.log(probabilities[np.arange(len(labels)), labels]).mean() == pytest.approx(
        record["history"][1]["val_loss"], rel=1e-3
    )


@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="JAX is not installed")
def test_what_there_is_when_the_minutes_have_passed_is_kept(root, project, keras):
    assert [row["epoch"] for row in train(root, project, "--minutes", "0")["history"]] == [1]
    assert keras.models.load_model(project.root / "jax" / "model.keras").count_params() > 0

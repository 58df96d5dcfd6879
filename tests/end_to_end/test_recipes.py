"""Recipes and networks through the whole pipeline. The tests run in order."""

import sys

import mlflow
import pytest

SMOKE = ("-S", "experiment=smoke", "-S", "data.max_per_class=40", "-S", "recipe.optimizer=sgd")
# prints the registered model's layers, and how far its answers to images and to their mirror images are apart
REGISTERED = """
import mlflow, numpy as np
model = mlflow.keras.load_model("models:/smoke@candidate")
images = np.load("outputs/prepare/images/images-00000.npy")[:8]
print([layer.name for layer in model.layers])
print(abs(model.predict(images, verbose=0) - model.predict(images[:, :, ::-1], verbose=0)).max())
"""
WILD = ("learning_rate=10", "momentum=0.99", "schedule=step", "precision=float32")


def client_of(project):
    return mlflow.MlflowClient(f"sqlite:///{project.root}/mlflow.db")


def runs(project):
    client = client_of(project)
    experiment = client.get_experiment_by_name("smoke")
    return client.search_runs([experiment.experiment_id], order_by=["attributes.start_time ASC"])


def test_the_network_of_2014_trains_and_is_registered_without_its_heads(project):
    options = ("-S", "model.normalization=lrn", "-S", "model.auxiliary_heads=paper", "-S", "recipe.ema_epochs=1")
    views = ("-S", "model.views=mirrored", "-S", "recipe.augment.flip=true")
    project.succeed("dvc", "exp", "run", *SMOKE, *options, *views, "-S", "recipe.augment.erase=0.5")
    assert project.json("outputs/register/decision.json")["registered"] is True
    layers, difference = project.succeed(sys.executable, "-c", REGISTERED).splitlines()[-2:]
    assert "inception_5b_output" in layers
    assert "auxiliary" not in layers
    assert float(difference) < 1e-5


def test_a_registered_model_is_where_the_next_one_starts(project):
    options = ("model.init_from=models:/smoke@candidate", "model.freeze=inception_4e", "model.normalization=lrn")
    options += ("model.ensemble=[models:/smoke@candidate]",)
    output = project.succeed("dvc", "exp", "run", *SMOKE, *(word for option in options for word in ("-S", option)))
    assert "starting from models:/smoke@candidate" in output
    run = runs(project)[-1]
    assert run.data.params["model.freeze"] == "inception_4e"
    before, now = (of.data.metrics for of in (runs(project)[0], run))
    assert 2 * now["multiply_adds"] == 3 * before["multiply_adds"]  # its one view, and the two of the first network
    assert now["parameters"] == 2 * before["parameters"]
    assert run.data.tags["init_from.version"] == run.data.tags["ensemble.1.version"] == "smoke/1"
    assert "member_1_inception_5b_output" in project.succeed(sys.executable, "-c", REGISTERED)
    version = client_of(project).get_model_version_by_alias("smoke", "candidate")
    assert str(version.version) == "2"
    for tag in ("init_from.version", "init_from.digest", "ensemble.1.version", "ensemble.1.digest"):
        assert version.tags[tag] == run.data.tags[tag]


def test_an_incompatible_network_is_not_started_from(project):
    options = ("-S", "model.init_from=models:/smoke@candidate", "-S", "model.width=0.25")
    output = project.fail("dvc", "exp", "run", *SMOKE, *options)
    assert "is incompatible with the network: layer conv1_3x3" in output


def test_a_nan_loss_is_reported_with_its_step_and_its_run_is_failed(project):
    options = ["model.normalization=none", "recipe.epochs=2", *(f"recipe.{option}" for option in WILD)]
    output = project.fail("dvc", "exp", "run", *SMOKE, *(word for option in options for word in ("-S", option)))
    assert "the loss is NaN or infinite at step" in output
    assert runs(project)[-1].info.status == "FAILED"


@pytest.mark.parametrize("recipe", ["paper_2014", "modern", "strong"])
def test_every_recipe_composes_for_digits_and_for_photos(project, command, recipe):
    changes = {"digits": ("false", 0.0625), "cifar10": ("true", 0.125)}
    for data, (flip, shift) in changes.items():
        assert command(project.root, "pipeline.params", f"recipe={recipe}", f"data={data}").code == 0
        text = (project.root / "params.yaml").read_text(encoding="utf-8")
        assert f"augment:\n    shift: {shift}\n    flip: {flip}\n" in text

"""Names and descriptions of runs."""

import datetime

import pytest

from pipeline.config.compose import compose
from pipeline.config.parse import parse_config
from pipeline.tracking.runs.descriptions import describe, run_name

WHEN = datetime.datetime(2026, 11, 27, 14, 5)
PARAMS = {
    "model.name": "googlenet_small", "model.width": "0.5", "data.name": "digits", "data.height": "32",
    "data.width": "32", "recipe.name": "quick", "recipe.epochs": "12", "recipe.seed": "0",
}  # fmt: skip


@pytest.mark.parametrize(
    ("overrides", "experiment", "name"),
    [
        ([], None, "googlenet_small quick, Nov 27 14:05"),
        (["recipe.epochs=2", "gate=open"], None, "epochs=2, googlenet_small quick, Nov 27 14:05"),
        (["recipe=modern", "recipe.seed=1"], "tidal-yews", "tidal-yews: seed=1, googlenet_small modern, Nov 27 14:05"),
    ],
)
def test_a_name_says_what_was_changed(root, overrides, experiment, name):
    config = parse_config(compose(root, overrides), "conf/")
    assert run_name(config, WHEN, experiment) == name


def test_a_description_grows_with_the_run():
    text = describe(PARAMS, {}, {"overrides": "none"})
    assert text.endswith("by recipe quick, 12 epochs, seed 0. Settings as in conf/.")
    metrics = {"saved/epoch": 8, "saved/validation_accuracy": 0.98882, "minutes": 7.81}
    text = describe(PARAMS, metrics, {"overrides": "recipe.epochs=12"})
    assert "Set besides conf/: recipe.epochs=12." in text
    assert "epoch 8, validation accuracy 0.9888. Training took 7.8 minutes." in text
    metrics |= {"test/accuracy": 0.98886, "test/images": 359}
    text = describe(PARAMS, metrics, {"registered.as": "googlenet-digits version 1"})
    assert text.endswith("Test accuracy 0.9889 on 359 images. Registered as googlenet-digits version 1.")
    assert "decision.json" in describe(PARAMS, metrics, {"registered": "false"})

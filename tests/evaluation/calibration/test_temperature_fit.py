"""A temperature fitted to validation images."""

import math

import numpy as np
import pytest

from pipeline.evaluation.calibration.temperature_fit import fit_temperature
from pipeline.evaluation.scores.summary_scores import summary_scores
from pipeline.runtime.temperature import softened
from tests.evaluation.drawn_table import drawn_table, table_of


def at_temperature(table, names, temperature):
    """Return the table of a network whose probabilities would be calibrated at `temperature`."""
    probabilities = table[[f"p_{name}" for name in names]].to_numpy()
    truth = [names.index(label) for label in table["label"]]
    return table_of(truth, softened(probabilities, 1 / temperature), names)


def test_a_calibrated_network_keeps_temperature_one():
    names, validation = drawn_table(0, 4000)
    fit = fit_temperature(validation, drawn_table(1, 1000)[1], names)
    assert fit.temperature.low < 1 < fit.temperature.high
    assert fit.temperature.high - fit.temperature.low < 0.15
    assert fit.images == 4000
    assert fit.loss_after == pytest.approx(fit.loss_before, abs=0.01)


@pytest.mark.parametrize("temperature", [0.5, 2.5])
def test_the_temperature_of_another_network_is_found(temperature):
    names, validation = drawn_table(0, 4000)
    test = at_temperature(drawn_table(1, 2000)[1], names, temperature)
    fit = fit_temperature(at_temperature(validation, names, temperature), test, names)
    assert fit.temperature.low < temperature < fit.temperature.high
    assert fit.loss_after < fit.loss_before
    assert fit.error_after < fit.error_before
    scores = summary_scores(test, names, 1)
    assert fit.loss_before == pytest.approx(scores["loss"].value)
    assert fit.error_before == pytest.approx(scores["expected_calibration_error"].value)


def test_the_stated_interval_of_a_temperature_holds_it():
    hits = 0
    for seed in range(60):
        names, validation = drawn_table(seed, 300)
        fit = fit_temperature(validation, validation, names)
        hits += fit.temperature.low <= 1 <= fit.temperature.high
    assert hits >= 52


def test_it_is_undefined_without_images_and_without_errors():
    names, table = drawn_table(0)
    for validation in (table.iloc[:0], table_of([0, 1] * 20, [[0.9, 0.1], [0.2, 0.8]] * 20, ["c0", "c1"])):
        given = names if len(validation) == 0 else ["c0", "c1"]
        fit = fit_temperature(validation, table if len(validation) == 0 else validation, given)
        assert math.isnan(fit.temperature.value)
        assert fit.loss_after == fit.loss_before


def test_impossible_probabilities_have_a_finite_loss():
    table = table_of([0, 1, 1], [[1, 0], [1, 0], [0, 1]], ["a", "b"])
    fit = fit_temperature(table, table, ["a", "b"])
    assert np.isfinite([fit.loss_before, fit.loss_after]).all()

"""Probabilities at a temperature."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.base.errors import PipelineError
from pipeline.inference.loading import load_model
from pipeline.runtime.temperature import softened


@settings(max_examples=50)
@given(st.integers(0, 10**6), st.floats(0.1, 10))
def test_it_is_the_softmax_of_divided_scores_and_keeps_the_order(seed, temperature):
    scores = 3 * np.random.default_rng(seed).standard_normal((5, 4))
    softmax = [np.exp(x) / np.exp(x).sum(axis=1, keepdims=True) for x in (scores, scores / temperature)]
    found = softened(softmax[0].astype(np.float32), temperature)
    np.testing.assert_allclose(found, softmax[1], rtol=1e-3, atol=1e-6)
    assert found.dtype == np.float32
    assert (found.argmax(axis=1) == scores.argmax(axis=1)).all()


def test_one_changes_nothing_and_zero_probabilities_are_no_error():
    values = np.array([[0.0, 1.0], [0.5, 0.5]], np.float32)
    assert softened(values, 1.0) is values
    assert softened(values, 2.0).sum(axis=1) == pytest.approx([1, 1])
    assert softened(values, 0.01).tolist() == [[0, 1], [0.5, 0.5]]


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan"), float("inf")])
def test_other_numbers_are_refused(temperature, model_file):
    with pytest.raises(PipelineError, match="a temperature must be a positive finite number, got "):
        softened(np.full((1, 2), 0.5, np.float32), temperature)
    with pytest.raises(PipelineError, match="a temperature must be a positive finite number, got "):
        load_model(str(model_file), temperature=temperature)


def test_a_classifier_predicts_at_a_temperature(model_file, classifier, photos):
    softer = load_model(str(model_file), engine="openvino", temperature=3.0)
    files = sorted((photos / "cat").glob("*.png"))
    pixels = np.random.default_rng(0).integers(0, 256, (3, 32, 24, 3)).astype(np.uint8)
    np.testing.assert_allclose(softer.probabilities(pixels), softened(classifier.probabilities(pixels), 3.0), rtol=1e-5)
    first, second = classifier.predict(files), softer.predict(files)
    assert first["predicted"].tolist() == second["predicted"].tolist()
    assert (second["confidence"] < first["confidence"]).all()
    assert softer.engine.name == f"{classifier.engine.name}, temperature 3"

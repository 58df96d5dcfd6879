"""Differences between two `.keras` files."""

import numpy as np
import pytest

from pipeline.base.errors import PipelineError
from pipeline.data.golden_batch import GoldenBatch
from pipeline.lifecycle.provenance.rebuild.weight_difference import weight_difference


@pytest.fixture
def saved(keras, tmp_path):
    """Return what saves a small network, one of its weights moved, with a golden batch."""

    def save(name, moved=0.0, probability=0.5, units=3):
        folder = tmp_path / name
        folder.mkdir()
        keras.utils.set_random_seed(0)
        network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(units, name="dense")])
        values = np.array(network.weights[0])
        values.flat[0] += np.float32(moved)
        network.weights[0].assign(values)
        network.save(folder / "model.keras")
        golden = GoldenBatch((b"image",), np.array([[probability, 1 - probability]], np.float32))
        (folder / "golden.json").write_text(golden.to_json())
        return folder / "model.keras"

    return save


def test_equal_networks_differ_by_nothing(saved):
    found = weight_difference(saved("a"), saved("b"))
    assert (found.weight, found.probability) == (0.0, 0.0)


def test_the_largest_differences_are_found(saved):
    found = weight_difference(saved("a"), saved("b", moved=0.25, probability=0.75))
    assert found.weight == pytest.approx(0.25)
    assert found.probability == pytest.approx(0.25)
    assert found.place in found.sentence()
    assert weight_difference(saved("c"), saved("nan", moved=np.nan)).weight == np.inf


def test_other_layers_are_said(saved):
    assert "different layers" in weight_difference(saved("a"), saved("b", units=4)).sentence()


def test_another_file_is_one_sentence(saved):
    first, broken = saved("a"), saved("b")
    broken.write_bytes(b"PK")
    with pytest.raises(PipelineError, match="is not a \\.keras file"):
        weight_difference(first, broken)

"""What tests of several networks share."""

import pytest


@pytest.fixture
def saved_and_loaded(keras, tmp_path):
    """Save a model and load it again, as one of Keras's own layers only."""

    def again(model):
        model.save(tmp_path / "model.keras")
        loaded = keras.models.load_model(tmp_path / "model.keras")
        assert {type(layer).__module__.split(".")[0] for layer in loaded.layers} == {"keras"}
        return loaded

    return again

"""A run's model, whole or not there."""

import mlflow
import numpy as np
import pytest

from pipeline.base.tensorflow_import import import_tensorflow
from pipeline.tracking.models.logged_model import log_model, logged_model_id

IMAGES = np.zeros((2, 4, 4, 1), np.uint8)


def test_a_model_that_was_not_logged_whole_does_not_count(run_id):
    with pytest.raises(AttributeError):
        log_model(object(), run_id, IMAGES, ["a", "b"], {})
    assert mlflow.get_run(run_id).outputs.model_outputs
    assert logged_model_id(run_id) is None


def test_a_logged_model_loads_with_its_example_and_classes(run_id):
    import_tensorflow()
    import keras

    layers = [keras.layers.Input((4, 4, 1), dtype="uint8"), keras.layers.Flatten(), keras.layers.Dense(2)]
    model_id = log_model(keras.Sequential(layers), run_id, IMAGES, ["a", "ü b"], {"fact": "1"})
    assert logged_model_id(run_id) == model_id
    info = mlflow.models.get_model_info(f"models:/{model_id}")
    assert info.metadata == {"classes": ["a", "ü b"], "fact": "1"}
    assert mlflow.keras.load_model(f"models:/{model_id}").predict(IMAGES, verbose=0).shape == (2, 2)

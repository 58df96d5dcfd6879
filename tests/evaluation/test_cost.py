"""What a network costs."""

import numpy as np

from pipeline.evaluation.cost import measure_cost
from pipeline.runtime.engine.openvino_engine import OpenVinoEngine


def test_size_and_speed_of_a_network(model_file, spec):
    folder = model_file.parent / "openvino"
    pixels = np.zeros((3, *spec.preprocessing.shape), np.uint8)
    training = {"parameters": 1234, "multiply_adds": 5678.0, "val_accuracy": 0.5}
    cost = measure_cost(OpenVinoEngine(folder), pixels, training, model_file, folder)
    assert (cost.parameters, cost.multiply_adds) == (1234, 5678)
    assert cost.keras_bytes == model_file.stat().st_size
    assert cost.openvino_bytes == sum(file.stat().st_size for file in folder.iterdir()) > 1000
    assert cost.engine.startswith("OpenVINO ")
    assert cost.processor
    assert cost.threads >= 1
    assert cost.latency > 0
    assert cost.rate > 0

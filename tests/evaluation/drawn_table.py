"""Predictions tables for tests."""

import numpy as np
import pandas as pd

from pipeline.evaluation.predictions_table import predictions_table


def table_of(truth, probabilities, classes, split="test"):
    """Return the predictions table of images with these true classes (indices)."""
    rows = pd.DataFrame({"class_index": np.array(truth, np.int32), "label": [classes[index] for index in truth]})
    rows["path"] = [f"{index}.png" for index in range(len(truth))]
    rows["digest"] = [f"{(index * 7919) % 10007:05d}" for index in range(len(truth))]
    rows["position"], rows["split"] = np.arange(len(truth)), split
    return predictions_table(rows, np.array(probabilities, np.float32).reshape(len(truth), len(classes)), classes)


def drawn_table(seed, images=200, classes=4, ease=2.0, rounded=False):
    """Return class names and the table of a network that is right more often the larger `ease` is."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, classes, images)
    scores = random.standard_normal((images, classes))
    scores[np.arange(images), truth] += ease
    powers = np.exp(ease * scores)
    probabilities = powers / powers.sum(axis=1, keepdims=True)
    names = [f"c{index}" for index in range(classes)]
    return names, table_of(truth, probabilities.round(1) if rounded else probabilities, names)

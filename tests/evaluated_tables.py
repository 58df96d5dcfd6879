"""Predictions tables for tests."""

import numpy as np
import pandas as pd

NAMES = ("cat", "dog", "ü <b>[red]")


def evaluated_table(labels, predicted, *, digests=None, split="test", confidence=0.8, classes=NAMES):
    """Return a predictions table whose images are numbered; `confidence` is one number, or one for each image."""
    labels, predicted = list(labels), list(predicted)
    share = np.broadcast_to(np.asarray(confidence, float), len(labels))
    probabilities = {
        f"p_{name}": np.where(np.array(predicted, object) == name, share, (1 - share) / (len(classes) - 1))
        for name in classes
    }
    of_truth = np.array([probabilities[f"p_{name}"][row] for row, name in enumerate(labels)])
    table = pd.DataFrame(
        {
            "path": [f"{label}/{number:04d}.png" for number, label in enumerate(labels)],
            "digest": list(digests) if digests is not None else [f"{number:08x}" for number in range(len(labels))],
            "position": range(len(labels)),
            "label": labels,
            "predicted": predicted,
            "confidence": share,
            "correct": [one == other for one, other in zip(labels, predicted, strict=True)],
            "loss": -np.log(of_truth),
        }
    )
    if split:
        table.insert(3, "split", split)
    columns = {name: column.astype("float32") for name, column in probabilities.items()}
    return pd.concat([table, pd.DataFrame(columns)], axis=1)


def random_pair(images, accuracy_a, accuracy_b, seed=0, classes=NAMES):
    """Return the tables of two models that are right or wrong independently of each other."""
    random = np.random.default_rng(seed)
    truth = random.integers(len(classes), size=images)
    tables = []
    for accuracy in (accuracy_a, accuracy_b):
        wrong = random.random(images) >= accuracy
        guess = (truth + wrong * random.integers(1, len(classes), size=images)) % len(classes)
        share = random.uniform(0.5, 1.0, images) * 0.999
        names = np.array(classes, object)
        tables.append(evaluated_table(names[truth], names[guess], confidence=share, classes=classes))
    return tables

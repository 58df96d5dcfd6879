"""The data sets that Keras knows by name and downloads on first use."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from pipeline.base.errors import PipelineError, one_line
from pipeline.data.record import Record
from pipeline.data.sources.arrays import array_records

FASHION = ("T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
CIFAR10 = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
CLASSES: dict[str, Sequence[str]] = {
    "mnist": tuple("0123456789"),
    "fashion_mnist": FASHION,
    "cifar10": CIFAR10,
    "cifar100": tuple(f"{index:02d}" for index in range(100)),  # Keras ships no names for these
}


def keras_records(name: str) -> list[Record]:
    """Return the set called `name`: Keras's training images (no split yet) and its test images.

    Raises:
        PipelineError: the set is not in Keras's cache and cannot be downloaded.
    """
    import keras

    try:
        (train, train_labels), (test, test_labels) = getattr(keras.datasets, name).load_data()
    except Exception as error:
        # Keras raises a bare Exception for a failed download.
        raise PipelineError(
            f"data.source={name}: Keras could not fetch it ({one_line(error, 160)}); connect to the internet once, "
            f"or use data that needs no download: data=digits, or data=folder data.path=/path/to/photos"
        ) from None
    return labeled_records(name, train, train_labels) + labeled_records(name, test, test_labels, test=True)


def labeled_records(name: str, images: Any, labels: Any, *, test: bool = False) -> list[Record]:
    """Return records for one half of a Keras set, its integer labels turned into class names.

    Args:
        name: of the set.
        images: uint8, (n, height, width) or (n, height, width, 3).
        labels: n whole numbers.
        test: whether it is the half for testing.
    """
    classes = CLASSES[name]
    names = [classes[int(label)] for label in np.ravel(labels)]
    return array_records(images, names, f"{name}/{'test' if test else 'train'}", "test" if test else None)

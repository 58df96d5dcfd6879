"""Images to check with, to calibrate int8 with, and to measure test accuracy on."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.base.errors import PipelineError
from pipeline.base.paths import PREPARED
from pipeline.runtime.model_spec import ModelSpec

if TYPE_CHECKING:
    from pipeline.data.dataset import Dataset

GOLDEN = "golden.json"  # beside a trained or registered `.keras` file
CALIBRATION = 300  # training images
CHECKED, MOST_TEST = 32, 2000  # images


@dataclass(frozen=True)
class CheckImages:
    """Images with the answers that every format must give.

    Attributes:
        origin: what the images are, for people.
        pixels: prepared, uint8 (images, height, width, channels).
        probabilities: of the classes, (images, classes); None: Keras is asked.
    """

    origin: str
    pixels: NDArray[np.uint8]
    probabilities: NDArray[np.float32] | None


def prepared_data(root: Path | None, spec: ModelSpec) -> "Dataset | None":
    """Return the project's prepared images if the network was trained on such ones, else None.

    Args:
        root: the project's folder; None outside of one.
        spec: the network's data set, classes and preprocessing: all must be equal.
    """
    from pipeline.data.dataset import Dataset

    try:
        dataset = Dataset(root / PREPARED) if root else None
    except PipelineError:
        return None
    return dataset if dataset and dataset.info.model_spec == spec else None


def calibration_images(dataset: "Dataset") -> NDArray[np.uint8]:
    """Return 300 training images, or one for each class if there are more classes; each class in proportion."""
    most = max(CALIBRATION, len(dataset.info.classes))
    positions, _ = dataset.subset(most).indices("train")
    return dataset.shards.take(positions)


def test_images(dataset: "Dataset") -> tuple[NDArray[np.uint8], NDArray[np.int32], int]:
    """Return at most 2,000 test images, evenly from all, their class indices, and how many there are in all."""
    positions, labels = dataset.indices("test")
    chosen = np.linspace(0, len(positions) - 1, min(MOST_TEST, len(positions))).astype(np.int64)
    return dataset.shards.take(positions[chosen]), labels[chosen], len(positions)


def check_images(keras_file: Path, spec: ModelSpec, dataset: "Dataset | None") -> CheckImages:
    """Return the images to check with: those that the model carries, else validation images, else noise.

    Args:
        keras_file: the model's; golden.json may be beside it.
        spec: its preprocessing.
        dataset: prepared images.

    Raises:
        PipelineError: golden.json is damaged.
    """
    from pipeline.data.golden_batch import read_golden

    file = keras_file.parent / GOLDEN
    if file.is_file():
        golden = read_golden(file)
        return CheckImages("golden images", golden.pixels(spec.preprocessing), golden.probabilities)
    positions = dataset.indices("validation")[0] if dataset else np.empty(0, np.int64)
    if dataset and len(positions):
        chosen = positions[np.linspace(0, len(positions) - 1, min(CHECKED, len(positions))).astype(np.int64)]
        return CheckImages("validation images", dataset.shards.take(chosen), None)
    noise = np.random.default_rng(0).integers(0, 256, (CHECKED, *spec.preprocessing.shape), np.uint8)
    return CheckImages("images of noise", noise, None)

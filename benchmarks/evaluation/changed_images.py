"""Images that a monitor should and should not raise an alarm for, made from a project's prepared data."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.data.dataset import Dataset
from pipeline.evaluation.robustness.pixel_operations import blurred, brightened, noisy
from pipeline.runtime.images.image_inputs import array_image

MOST = 1000  # images of each kind
CROP = 64  # pixels of a side of the pieces of scikit-learn's two photos

Pixels = NDArray[np.uint8]  # (images, height, width, channels)


def changed_images(dataset: Dataset, seed: int) -> tuple[Mapping[str, Pixels], NDArray[np.int32]]:
    """Return images by their kind, and the classes of the test images that came first.

    `test images` and `training images` are those of the data set. The others are test images blurred (standard
    deviation 4% and 8% of the shorter side), at half and at three quarters of the brightness, 30% of the range
    brighter, or with noise (10% of the range), and images of another kind: scikit-learn's digits, and pieces of its two
    photos.

    Args:
        dataset: prepared data.
        seed: of the choice.
    """
    generator = np.random.default_rng(seed)
    test, labels = _chosen(dataset, "test", generator)
    training, _ = _chosen(dataset, "train", generator)
    found: dict[str, Pixels] = {
        "test images": test,
        "training images": training,
        "blurred, 4%": blurred(test, 0.04),
        "blurred, 8%": blurred(test, 0.08),
        "darkened to 75%": _scaled(test, 0.75),
        "darkened to 50%": _scaled(test, 0.5),
        "brightened by 30%": brightened(test, 0.3),
        "noisy, 10%": noisy(test, 0.1),
    }
    shape = tuple(dataset.info.shape)
    if dataset.info.name != "digits":
        found["foreign: digits"] = _digits(shape)
    return found | {"foreign: photos": _pieces(shape, generator)}, labels


def _chosen(dataset: Dataset, split: Any, generator: np.random.Generator) -> tuple[Pixels, NDArray[np.int32]]:
    positions, labels = dataset.indices(split)
    rows = np.sort(generator.permutation(len(positions))[:MOST])
    return dataset.shards.take(positions[rows]), labels[rows]


def _scaled(pixels: Pixels, factor: float) -> Pixels:
    return np.asarray(np.rint(pixels * np.float32(factor)), np.uint8)


def _digits(shape: tuple[int, ...]) -> Pixels:
    from sklearn.datasets import load_digits

    pixels = np.rint(load_digits().images[:MOST] * (255 / 16)).astype(np.uint8)
    return np.stack([_resized(array_image(one[..., None]), shape) for one in pixels])


def _pieces(shape: tuple[int, ...], generator: np.random.Generator) -> Pixels:
    from sklearn.datasets import load_sample_images

    photos, pieces = load_sample_images().images, []
    for number in range(MOST):
        photo = photos[number % len(photos)]
        top, left = (int(generator.integers(0, size - CROP)) for size in photo.shape[:2])
        pieces.append(_resized(array_image(photo[top : top + CROP, left : left + CROP]), shape))
    return np.stack(pieces)


def _resized(image: Image.Image, shape: tuple[int, ...]) -> Pixels:
    height, width, channels = shape
    picture = image.convert("L" if channels == 1 else "RGB").resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(picture, np.uint8).reshape(shape)

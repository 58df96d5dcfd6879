"""What in an image spoke for its predicted class."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.runtime.classifier import BATCH, Classifier
from pipeline.runtime.images.decode import decode_pixels
from pipeline.runtime.images.image_inputs import NamedImage
from pipeline.runtime.images.preprocessing import Preprocessing
from pipeline.runtime.images.unreadable_error import UnreadableError
from pipeline.runtime.prediction import Prediction

SIDE = 224  # pixels of the longer side of a picture to look at

Evidence = tuple[NDArray[np.uint8] | None, NDArray[np.float32] | None]


@dataclass(frozen=True)
class ExplainedImage:
    """A prediction for one image, with the evidence for each class.

    Attributes:
        pixels: that the network takes, uint8 (height, width, channels).
        picture: the same cut of the image in color, large enough to look at, uint8 (rows, columns, 3).
        prediction: for the image.
        evidence: float32 (grid rows, grid columns, classes), each class's activation map less the mean of all classes'
            maps; None where the network has none.
    """

    pixels: NDArray[np.uint8]
    picture: NDArray[np.uint8]
    prediction: Prediction
    evidence: NDArray[np.float32] | None


def explain_image(classifier: Classifier, image: NamedImage, side: int = SIDE) -> ExplainedImage:
    """Classify one image, and return where in it the evidence for each class lies.

    Args:
        classifier: the network.
        image: to classify.
        side: pixels of the longer side of the picture, at least.

    Raises:
        UnreadableError: Pillow cannot decode it.
    """
    pixels = decode_pixels(image.open, classifier.spec.preprocessing)
    picture = decode_pixels(image.open, _enlarged(classifier.spec.preprocessing, side))
    probabilities = classifier.engine.probabilities(pixels[None])[0]
    maps = classifier.engine.class_maps(pixels[None])
    evidence = None if maps is None else np.asarray(maps[0] - maps[0].mean(axis=2, keepdims=True), np.float32)
    return ExplainedImage(pixels, picture, Prediction(image.name, probabilities), evidence)


def class_evidence(
    classifier: Classifier, images: Sequence[NamedImage], predicted: Sequence[int | None]
) -> Iterator[Evidence]:
    """Yield, for each image, a picture of what the network sees of it, and where the evidence for a class lies.

    Args:
        classifier: the network.
        images: to look at.
        predicted: index of the class for each image; None for an unreadable one.

    Yields:
        The picture, uint8 (rows, columns, 3), and the class activation map less the mean of all classes' maps, float32
        (grid rows, grid columns); None for what there is not.
    """
    for start in range(0, len(images), BATCH):
        part, wanted = images[start : start + BATCH], predicted[start : start + BATCH]
        pixels = [
            _pixels(image, classifier.spec.preprocessing, index) for image, index in zip(part, wanted, strict=True)
        ]
        readable = [one for one in pixels if one is not None]
        maps = classifier.engine.class_maps(np.stack(readable)) if readable else None
        found: Iterator[NDArray[np.float32]] = iter(maps if maps is not None else ())
        for image, one, index in zip(part, pixels, wanted, strict=True):
            if one is None or index is None:
                yield None, None
                continue
            picture = _pixels(image, _enlarged(classifier.spec.preprocessing, SIDE), index)
            yield picture, (_relative(next(found), index) if maps is not None else None)


def _relative(maps: NDArray[np.float32], index: int) -> NDArray[np.float32]:
    """Return the map of a class, less the mean of all classes' maps: what all have in common changes no probability."""
    return np.asarray(maps[:, :, index] - maps.mean(axis=2), np.float32)


def _pixels(image: NamedImage, preprocessing: Preprocessing, index: int | None) -> NDArray[np.uint8] | None:
    if index is None:
        return None
    try:
        return decode_pixels(image.open, preprocessing)
    except UnreadableError:  # it was readable before: removed meanwhile
        return None


def _enlarged(preprocessing: Preprocessing, side: int) -> Preprocessing:
    """Return the same cut of the image in color, large enough to look at."""
    scale = max(1.0, side / max(preprocessing.height, preprocessing.width))
    height, width = round(preprocessing.height * scale), round(preprocessing.width * scale)
    return replace(preprocessing, height=height, width=width, channels=3)

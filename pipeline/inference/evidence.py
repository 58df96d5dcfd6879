"""What in an image spoke for its predicted class."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.runtime.classifier import BATCH, Classifier
from pipeline.runtime.images.decode import UnreadableError, decode_pixels
from pipeline.runtime.images.image_inputs import NamedImage
from pipeline.runtime.images.preprocessing import Preprocessing

SIDE = 224  # pixels of the longer side of a picture to look at

Evidence = tuple[NDArray[np.uint8] | None, NDArray[np.float32] | None]


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
            picture = _pixels(image, _enlarged(classifier.spec.preprocessing), index)
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


def _enlarged(preprocessing: Preprocessing) -> Preprocessing:
    """Return the same cut of the image in color, large enough to look at."""
    scale = max(1.0, SIDE / max(preprocessing.height, preprocessing.width))
    height, width = round(preprocessing.height * scale), round(preprocessing.width * scale)
    return replace(preprocessing, height=height, width=width, channels=3)

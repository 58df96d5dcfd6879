"""The answer to a photo: what the page shows of a prediction."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.base.printable import printable
from pipeline.inference.evidence import explain_image
from pipeline.report.page.page_pictures import embedded_picture, evidence_overlay, strongest_place
from pipeline.report.page.percentages import bar_width, percent
from pipeline.runtime.classifier import Classifier
from pipeline.runtime.serving.request_images import request_images

MOST_CLASSES = 10
SIDE = 320  # pixels of the longer side of a picture


def prediction_answer(classifier: Classifier, photo: bytes) -> dict[str, Any]:
    """Classify a photo; return the prediction as JSON's types.

    Args:
        classifier: the network.
        photo: bytes of an image file.

    Returns:
        `picture`: what the network sees, large enough to look at; `input`: the pixels that it takes, where these are
        fewer; `classes`: the most probable ones, each with its class activation map over the picture, or None.

    Raises:
        UnreadableError: Pillow cannot decode it.
    """
    (image,) = request_images(photo)
    explained = explain_image(classifier, image, SIDE)
    picture, evidence = explained.picture, explained.evidence
    return {
        "picture": _picture(picture),
        "input": _picture(_in_color(explained.pixels)) if max(explained.pixels.shape) < SIDE else None,
        "classes": [
            {
                "name": printable(classifier.classes[index]),
                "percent": percent(probability),
                "width": bar_width(probability),
                "map": None if evidence is None else _map(picture, evidence[:, :, index]),
            }
            for index, probability in explained.prediction.best(MOST_CLASSES)
        ],
    }


def _map(picture: NDArray[np.uint8], evidence: NDArray[np.float32]) -> dict[str, Any]:
    return {**_picture(evidence_overlay(picture, evidence, SIDE)), "strongest": strongest_place(evidence)}


def _picture(pixels: NDArray[np.uint8]) -> dict[str, Any]:
    picture = embedded_picture(pixels, SIDE)
    source = f"data:image/jpeg;base64,{picture.data}"
    return {"source": source, "width": picture.width, "height": picture.height, "small": picture.small}


def _in_color(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.broadcast_to(pixels, (*pixels.shape[:2], 3)).copy()

"""Images with their predictions."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.base.printable import printable
from pipeline.evaluation.shown.evaluation_gallery import ConfusedPair, SuspectLabel
from pipeline.evaluation.shown.shown_image import ShownImage
from pipeline.report.page.file_place import file_place
from pipeline.report.page.number_text import share_text
from pipeline.report.page.page_pictures import EmbeddedPicture, embedded_picture, evidence_overlay, strongest_place
from pipeline.report.page.percentages import bar_width

LONGEST = 160  # pixels of a picture's long side
PAIR_LONGEST = 96  # of an image of a confused pair


def image_card(image: ShownImage) -> dict[str, Any]:
    """Return what the template shows of an image: picture, map, label, prediction and the most probable classes."""
    predicted = image.best[0][0]
    overlay = None
    if image.evidence is not None:
        overlay = embedded_picture(evidence_overlay(in_color(image.picture), image.evidence, LONGEST), LONGEST)
    named = [name for name, _ in image.best]
    best = [*image.best, *([] if image.label in named else [(image.label, image.label_probability)])]
    return {
        "picture": picture_of(image, LONGEST),
        "map": overlay,
        "strongest": strongest_place(image.evidence) if image.evidence is not None else "",
        "map_class": printable(image.evidence_for),
        "label": printable(image.label),
        "predicted": printable(predicted),
        "correct": predicted == image.label,
        "best": [
            {
                "name": printable(name),
                "share": share_text(share),
                "width": bar_width(share),
                "true": name == image.label,
            }
            for name, share in best
        ],
        "place": file_place(image.path),
    }


def pair_view(pair: ConfusedPair) -> dict[str, Any]:
    """Return what the template shows of two classes that are confused."""
    return {
        "label": printable(pair.label),
        "predicted": printable(pair.predicted),
        "errors": pair.errors,
        "label_images": pair.label_images,
        "share": share_text(pair.errors / pair.label_images),
        "images": [
            {
                "picture": picture_of(image, PAIR_LONGEST),
                "place": file_place(image.path),
                "confidence": share_text(image.best[0][1]),
            }
            for image in pair.images
        ],
    }


def suspect_card(suspect: SuspectLabel) -> dict[str, Any]:
    """Return what the template shows of an image whose label is likely wrong."""
    return {
        **image_card(suspect.image),
        "suggested": printable(suspect.suggested),
        "suggested_share": share_text(suspect.suggested_probability),
        "label_share": share_text(suspect.image.label_probability),
    }


def picture_of(image: ShownImage, longest: int) -> EmbeddedPicture:
    """Return an image's pixels, at most `longest` pixels long."""
    return embedded_picture(in_color(image.picture), longest)


def in_color(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return pixels, uint8 (height, width, 1 or 3), with three channels."""
    return pixels if pixels.shape[-1] == 3 else np.repeat(pixels[..., :1], 3, axis=-1)

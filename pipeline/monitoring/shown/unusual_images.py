"""The new images that differ most from the reference, to look at."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.monitoring.comparison import NewImages, alarms
from pipeline.monitoring.reference.image_reference import ImageReference
from pipeline.monitoring.shift.measure_shift import MeasureShift
from pipeline.report.monitor.monitor_content import MonitorImage
from pipeline.runtime.images.decode import MAX_PIXELS, open_upright
from pipeline.runtime.images.image_inputs import NamedImage
from pipeline.runtime.images.preprocessing import Preprocessing
from pipeline.runtime.images.unreadable_error import UnreadableError

SHOWN = 12  # images of each kind
NEIGHBOR = 5  # an image is as unusual as its distance to the reference image that is the fifth nearest
BLOCK = 1000  # images whose distances are computed at a time
TARGET = Preprocessing(256, 256, 3, "pad")  # how large pictures are needed: JPEG decoders may leave out the rest


def unusual_images(
    new: NewImages, images: Sequence[NamedImage], reference: ImageReference, shifts: Sequence[MeasureShift]
) -> dict[str, list[MonitorImage]]:
    """Return images by what is unusual about them: those farthest from the reference, and extremes of alarms.

    Args:
        new: measures of the readable images.
        images: these images, in the same order.
        reference: of the model.
        shifts: the comparison.
    """
    found: dict[str, list[MonitorImage]] = {}
    classes, table = reference.classes, new.table
    if reference.space is not None and table.embedding.shape[1]:
        order = np.argsort(-neighbor_distances(table.embedding, reference), kind="stable")[:SHOWN]
        found["Least like the reference, to the network"] = [
            _image(images[row], f"{classes[table.predicted[row]]}, {table.confidence[row]:.0%}")
            for row in order.tolist()
        ]
    for shift in alarms(shifts):
        if shift.new is None or shift.reference is None:
            continue
        name = shift.measure.name
        values = new.sharpness if name == "sharpness" else getattr(table, name).astype(np.float64)
        away = np.nan_to_num(values - shift.reference if shift.new > shift.reference else shift.reference - values)
        rows = np.argsort(-away, kind="stable")[:SHOWN].tolist()
        found[f"Most unusual {shift.measure.title}"] = [_image(images[row], f"{values[row]:,.4g}") for row in rows]
    return found


def neighbor_distances(embedding: NDArray[np.float32], reference: ImageReference, own: int = 0) -> NDArray[np.float64]:
    """Return each image's distance to the reference image that is the fifth nearest, (n,).

    Args:
        embedding: (n, dimensions).
        reference: with an embedding space.
        own: 1 if the images themselves are in the reference: their distance to themselves does not count.
    """
    from scipy.spatial.distance import cdist

    points = np.concatenate([reference.held_out.embedding, reference.training.embedding])
    place = min(NEIGHBOR + own, len(points)) - 1
    blocks = (embedding[start : start + BLOCK] for start in range(0, len(embedding), BLOCK))
    return np.concatenate([np.partition(cdist(block, points), place, axis=1)[:, place] for block in blocks])


def _image(image: NamedImage, caption: str) -> MonitorImage:
    try:
        picture = np.asarray(open_upright(image.open, MAX_PIXELS, TARGET).image, np.uint8)
    except UnreadableError:  # it was readable before: removed meanwhile
        return MonitorImage(image.name, None, caption)
    return MonitorImage(image.name, picture, caption)

"""An image on the evaluation page."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.data.shards import Shards
from pipeline.evaluation.predictions_table import probability_columns
from pipeline.runtime.engine.engine_interface import Engine

BATCH = 32  # images whose maps are computed at once
MOST_PROBABLE = 3  # classes named for an image


@dataclass(frozen=True)
class ShownImage:
    """An image with the prediction for it.

    Attributes:
        path: of its file, any text.
        label: its class.
        split: train, validation or test.
        best: the most probable classes with their probabilities, most probable first.
        label_probability: of its class.
        picture: uint8 (height, width, 1 or 3), the pixels that the network takes.
        evidence: float32 (grid rows, grid columns), class activation map of one class less the mean of all classes'
            maps; None where the network has none.
        evidence_for: the class whose map it is.
    """

    path: str
    label: str
    split: str
    best: tuple[tuple[str, float], ...]
    label_probability: float
    picture: NDArray[np.uint8]
    evidence: NDArray[np.float32] | None
    evidence_for: str


class ImageLookup:
    """Makes images to show from rows of a predictions table.

    Args:
        classes: class names in index order.
        shards: the prepared images.
        engine: computes activation maps; None: images are shown without.
    """

    def __init__(self, classes: Sequence[str], shards: Shards, engine: Engine | None) -> None:
        self.classes, self._shards, self._engine = list(classes), shards, engine
        self._columns = probability_columns(classes)

    def images(self, rows: pd.DataFrame, evidence_for: Sequence[str] | None = None) -> tuple[ShownImage, ...]:
        """Return the images of rows, in their order.

        Args:
            rows: of a predictions table; few, since all pixels are in memory.
            evidence_for: the class of each row whose activation map is shown; the predicted one when omitted.
        """
        if not len(rows):
            return ()
        towards = [str(name) for name in (rows["predicted"] if evidence_for is None else evidence_for)]
        pixels = self._shards.take(rows["position"].to_numpy(np.int64))
        probabilities = rows[self._columns].to_numpy(np.float64)
        maps = self._maps(pixels, [self.classes.index(name) for name in towards])
        return tuple(
            ShownImage(
                path=str(path),
                label=str(label),
                split=str(split),
                best=self._best(probabilities[one]),
                label_probability=float(probabilities[one, self.classes.index(str(label))]),
                picture=pixels[one],
                evidence=maps[one],
                evidence_for=towards[one],
            )
            for one, (path, label, split) in enumerate(zip(rows["path"], rows["label"], rows["split"], strict=True))
        )

    def _best(self, probabilities: NDArray[np.float64]) -> tuple[tuple[str, float], ...]:
        order = np.argsort(-probabilities, kind="stable")[:MOST_PROBABLE]
        return tuple((self.classes[index], float(probabilities[index])) for index in order)

    def _maps(self, pixels: NDArray[np.uint8], towards: Sequence[int]) -> list[NDArray[np.float32] | None]:
        """Return the map of each image's class, less the mean of all classes' maps, which changes no probability."""
        found: list[NDArray[np.float32] | None] = []
        for start in range(0, len(pixels), BATCH):
            batch = pixels[start : start + BATCH]
            maps = None if self._engine is None else self._engine.class_maps(batch)
            if maps is None:
                return [None] * len(pixels)
            for one, index in zip(maps, towards[start : start + BATCH], strict=True):
                found.append(np.asarray(one[:, :, index] - one.mean(axis=2), np.float32))
        return found

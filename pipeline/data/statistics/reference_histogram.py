"""Histograms of measures of single images, in fixed bins, so that those of two sets of images can be compared."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

# The measures of an image, with the edges of their bins, which never change: `brightness` and `contrast` are the mean
# and the standard deviation of the luminance (0 to 255) of the prepared pixels; `sharpness` is the audit's (see
# ImageMeasures), missing where it cannot be measured; `width` and `height` are the original ones in pixels. Bins of
# sharpness and size are half an octave wide.
EDGES: dict[str, tuple[float, ...]] = {
    "brightness": tuple(range(0, 257, 8)),
    "contrast": tuple(range(0, 129, 4)),
    "sharpness": (0.0, *(round(2 ** (power / 2), 4) for power in range(-12, 7))),
    "width": (0, *(round(2 ** (power / 2)) for power in range(6, 29))),
    "height": (0, *(round(2 ** (power / 2)) for power in range(6, 29))),
}
QUANTILES = (0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0)
DIGITS = 4  # of values after the decimal point


@dataclass(frozen=True)
class ReferenceHistogram:
    """How one measure is distributed among images.

    Attributes:
        edges: of the bins, (bins + 1,): a bin holds its lower edge and not its upper one. The first and the last bin
            count what lies beyond them too.
        counts: of images, (bins,).
        missing: images without a value.
        quantiles: the values at QUANTILES, each that of an image; empty where all are missing.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    missing: int
    quantiles: tuple[float, ...]

    @classmethod
    def of(cls, name: str, values: NDArray[np.float64]) -> Self:
        """Count values, (n,), NaN where one is missing.

        Args:
            name: of the measure, one of EDGES.
            values: in the measure's unit.
        """
        edges = EDGES[name]
        known = np.sort(np.round(values[~np.isnan(values)], DIGITS))
        bins = np.clip(np.searchsorted(edges, known, side="right") - 1, 0, len(edges) - 2)
        counts = np.bincount(bins, minlength=len(edges) - 1)
        places = [round(quantile * (len(known) - 1)) for quantile in QUANTILES] if len(known) else []
        return cls(edges, tuple(counts.tolist()), len(values) - len(known), tuple(known[places].tolist()))

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """Return what `dataclasses.asdict` made a JSON document of."""
        return cls(tuple(values["edges"]), tuple(values["counts"]), values["missing"], tuple(values["quantiles"]))

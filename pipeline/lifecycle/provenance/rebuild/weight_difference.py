"""How far two trained networks are apart."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.base.errors import PipelineError
from pipeline.data.golden_batch import read_golden

WEIGHTS = "model.weights.h5"  # in a .keras file


@dataclass(frozen=True)
class WeightDifference:
    """The largest differences between two networks.

    Attributes:
        weight: of a weight; None if the networks have different weights.
        place: of that weight in the file.
        probability: of a probability of the golden batch; None if the two were recorded for different images.
    """

    weight: float | None
    place: str
    probability: float | None

    def sentence(self) -> str:
        """Return it for people."""
        if self.weight is None:
            return "the two networks have different layers"
        text = f"the largest difference of a weight is {self.weight:.3g} ({self.place})"
        if self.probability is None:
            return text
        return f"{text}, of a probability of the golden batch {self.probability:.3g}"


def weight_difference(first: Path, second: Path) -> WeightDifference:
    """Compare two `.keras` files, and the golden batches beside them.

    Args:
        first: a `.keras` file, with golden.json beside it.
        second: another.

    Raises:
        PipelineError: a file is no `.keras` file, or a golden batch is missing.
    """
    one, two = _weights(first), _weights(second)
    batches = [read_golden(file.parent / "golden.json") for file in (first, second)]
    probability = batches[0].difference(batches[1].probabilities) if batches[0].images == batches[1].images else None
    if {place: array.shape for place, array in one.items()} != {place: array.shape for place, array in two.items()}:
        return WeightDifference(None, "", probability)
    apart = {place: _apart(one[place], two[place]) for place in one}
    place = max(apart, key=lambda name: apart[name], default="")
    return WeightDifference(apart.get(place, 0.0), place, probability)


def _apart(one: NDArray[np.float32], two: NDArray[np.float32]) -> float:
    """Return the largest absolute difference; infinite where NaN stands in one array only."""
    gap = np.abs(one.astype(np.float64) - two.astype(np.float64))
    gap[np.isnan(one) & np.isnan(two)] = 0.0
    return float(np.nan_to_num(gap, nan=np.inf).max(initial=0.0))


def _weights(file: Path) -> dict[str, NDArray[np.float32]]:
    """Return the arrays in a `.keras` file, by their place in it."""
    import h5py

    found: dict[str, NDArray[np.float32]] = {}

    def take(place: str, item: object) -> None:
        if isinstance(item, h5py.Dataset):
            found[place] = np.asarray(item[()])

    try:
        with zipfile.ZipFile(file) as archive, h5py.File(io.BytesIO(archive.read(WEIGHTS)), "r") as weights:
            weights.visititems(take)
    except (zipfile.BadZipFile, KeyError, OSError):
        raise PipelineError(f"{file} is not a .keras file") from None
    return found

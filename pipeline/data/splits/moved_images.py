"""How many images a new split moves."""

from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from pipeline.data.record import SPLITS, Split


@dataclass(frozen=True)
class MovedImages:
    """Two preparations compared.

    Attributes:
        old: number of different images that both use.
        moves: number of those that moved, by the splits before and after; largest first.
    """

    old: int
    moves: dict[tuple[Split, Split], int]

    @property
    def moved(self) -> int:
        """The number of images that moved."""
        return sum(self.moves.values())


def moved_images(before: pd.DataFrame, after: pd.DataFrame) -> MovedImages:
    """Return how many old images are in another split than before; exact copies count once.

    Of copies in several splits, which the source gives, that in the last of train, validation and test counts.

    Args:
        before: a row for each image (columns digest and split, None for an image that is not used).
        after: the same.
    """
    used = [images[images["split"].notna()] for images in (before, after)]
    codes, digests = pd.factorize(pd.concat([images["digest"] for images in used], ignore_index=True))
    splits = np.full((2, len(digests)), -1)
    for row, images, of in zip(splits, used, np.split(codes, [len(used[0])]), strict=True):
        np.maximum.at(row, of, images["split"].map({split: number for number, split in enumerate(SPLITS)}).to_numpy())
    splits = splits[:, (splits >= 0).all(axis=0)]
    counts = np.bincount(splits[0] * len(SPLITS) + splits[1], minlength=len(SPLITS) ** 2)
    moves = {pair: int(count) for pair, count in zip(product(SPLITS, SPLITS), counts, strict=True)
             if count and pair[0] != pair[1]}  # fmt: skip
    return MovedImages(splits.shape[1], dict(sorted(moves.items(), key=lambda one: -one[1])))

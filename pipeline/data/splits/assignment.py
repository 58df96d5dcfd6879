"""The split into train, validation and test, decided by the images' contents."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.config.schema.data_schema import SplitConfig
from pipeline.data.record import Split
from pipeline.data.splits.class_units import ClassUnits, class_units
from pipeline.data.splits.exact_quotas import even_folds, exact_quotas
from pipeline.data.splits.own_draws import own_draws
from pipeline.data.splits.units import Texts, linked_units

BINS: tuple[Split, ...] = ("test", "train", "validation")  # in this order, both can take from train what is nearest
TRAIN = BINS.index("train")


@dataclass(frozen=True)
class Fold:
    """One fold of a cross-validation.

    Attributes:
        number: which, from 1.
        folds: how many there are.
    """

    number: int
    folds: int


def assign_splits(
    digests: Texts,
    labels: Texts,
    given: Sequence[Split | None],
    config: SplitConfig,
    groups: Sequence[str | None] | pd.Series | None = None,
    pairs: NDArray[np.integer] | None = None,
    fold: Fold | None = None,
) -> list[Split | None]:
    """Return the split of each image.

    Images that are equal, in a pair or of one group are a unit and share a split, except that a split which the source
    gives stays, and gets no further images. Everything else follows from contents, names of groups and seed: neither
    file names nor order play a part. Each unit has a random number, drawn from its smallest group name, or else its
    smallest digest. So an image that gets a near copy, or whose group gets a smaller name, may move: half of the copies
    have the smaller digest, and at 15% for test and for validation 46% of new draws fall elsewhere, so 23% move.

    `stable`: the draw alone decides, except in classes that come out too uneven (see `own_draws`): each split of a
    class has from half to twice its quota of images, and at least one, if the class has three units or more and these
    are small. An image that is there before and after others came or went moves only if it is one of those that its
    class moves for this before or after. `stratified`: each class is sorted by the draws and cut at the exact
    fractions.

    With folds, each unit is in one fold by the same method, whichever fold is asked for. Its images are for testing,
    and `config.validation` of the others, by another draw, for validation. The source's train and validation images
    count as if it gave them no split; its test images are in no fold and have no split here.

    Args:
        digests: content digests (n,).
        labels: class names (n,).
        given: splits the source decides, or None (n,).
        config: method, fractions, seed.
        groups: names of groups (n,), None for an image without one; None: no groups.
        pairs: indices of images that must share a split (m, 2); None: no pairs.
        fold: the fold to test; None: no folds.
    """
    source = np.array([*given], object)
    free = (source != "test") if fold else pd.isna(source)
    units = linked_units(digests, groups, pairs)
    chosen = class_units(units, labels, free, units.draws(config.seed))
    assigned = np.full(len(units.names), None, object)
    if fold is None:
        there = set(source)
        test, validation = (0.0 if split in there else getattr(config, split) for split in ("test", "validation"))
        assigned[chosen.units] = _divided(chosen, test, validation, config.method)
    else:
        tested = _folds(chosen, fold.folds, config.method) == fold.number - 1
        rest = chosen.only(~tested, units.draws(config.seed, f"validation {fold.number}"))
        assigned[chosen.units[tested]] = "test"
        assigned[rest.units] = _divided(rest, 0.0, config.validation, config.method)
        source[:] = None
    source[free] = assigned[units.of[free]]
    found: list[Split | None] = source.tolist()
    return found


def _divided(units: ClassUnits, test: float, validation: float, method: str) -> NDArray[np.object_]:
    one, other = Fraction(str(test)), Fraction(str(validation))
    divide = exact_quotas if method == "stratified" else own_draws
    return np.array(BINS, object)[divide(units, (one, 1 - one - other, other), TRAIN)]


def _folds(units: ClassUnits, folds: int, method: str) -> NDArray[np.int64]:
    if method == "stratified":
        return even_folds(units, folds)
    return own_draws(units, (Fraction(1, folds),) * folds, None)

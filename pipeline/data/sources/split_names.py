"""The names that folders and tables use for train, validation and test."""

import re
from collections.abc import Iterable

from pipeline.data.record import Split

NAMES: dict[str, Split] = {
    "train": "train", "training": "train",
    "val": "validation", "valid": "validation", "validation": "validation", "dev": "validation",
    "test": "test", "testing": "test",
}  # fmt: skip
EVALUATION = {"eval", "evaluation"}  # validation where there is a test split too, else test


def named_splits(names: Iterable[str], *, decorated: bool = False) -> dict[str, Split]:
    """Return the splits that some of `names` stand for; case does not matter.

    Args:
        names: of folders that lie side by side, or values of a column.
        decorated: understand `train_images`, `01-train` and `train2017` too.
    """
    words = {name: _words(name) if decorated else {name.lower()} for name in names}
    tested = any(NAMES.get(word) == "test" for those in words.values() for word in those)
    known = NAMES | dict.fromkeys(EVALUATION, "validation" if tested else "test")
    meant = {name: {known[word] for word in those if word in known} for name, those in words.items()}
    return {name: splits.pop() for name, splits in meant.items() if len(splits) == 1}


def _words(name: str) -> set[str]:
    return set(re.split(r"[\W\d_]+", name.lower()))

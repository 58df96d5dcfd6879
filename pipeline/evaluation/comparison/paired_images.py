"""The test images of two models, brought together by content."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from pipeline.base.errors import PipelineError
from pipeline.base.printable import printable

NAMED = 3  # classes in a message
KEY = ["digest", "label", "copy"]  # equal files in one test set are paired in the order of their paths


@dataclass(frozen=True)
class PairedImages:
    """The images on which two models are compared.

    Attributes:
        a: the rows of the first model's predictions table, a row per image.
        b: those of the second, row by row the same images.
        test_images: how many test images each has.
        trained_on: by model, how many of the other's test images it was trained or validated on; they are left out.
        other_label: how many images have another label in the other's table; they are left out.
    """

    a: pd.DataFrame
    b: pd.DataFrame
    test_images: tuple[int, int]
    trained_on: tuple[int, int]
    other_label: int

    def __len__(self) -> int:
        return len(self.a)

    @property
    def same_test_set(self) -> bool:
        """Whether both have these test images and no others."""
        return self.test_images == (len(self), len(self))


def pair_images(
    a: pd.DataFrame,
    b: pd.DataFrame,
    classes_a: Iterable[str],
    classes_b: Iterable[str],
    fitted_a: Iterable[str] = (),
    fitted_b: Iterable[str] = (),
) -> PairedImages:
    """Return the test images of both models, in the order of their digests.

    Args:
        a: predictions table of the first model; without a column `split`, all its rows are test images.
        b: that of the second.
        classes_a: classes of the first model.
        classes_b: classes of the second.
        fitted_a: digests of images that the first model was trained or validated on, besides those of its table.
        fitted_b: the same of the second.

    Raises:
        PipelineError: the classes differ, or no image is a test image of both.
    """
    _refuse_other_classes(set(classes_a), set(classes_b))
    known_a, known_b = _fitted(a, fitted_a), _fitted(b, fitted_b)
    test_a, test_b = _test_rows(a), _test_rows(b)
    in_b, in_a = test_a["digest"].isin(known_b), test_b["digest"].isin(known_a)
    clean_a = test_a[~in_b & ~test_a["digest"].isin(known_a)]
    clean_b = test_b[~in_a & ~test_b["digest"].isin(known_b)]
    both = clean_a[KEY].merge(clean_b[KEY], on=KEY).sort_values(KEY)
    if both.empty:
        raise PipelineError(
            f"no image is a test image of both models ({len(test_a):,} of A, {len(test_b):,} of B): "
            "nothing can be compared"
        )
    unlike = clean_a["digest"].isin(clean_b["digest"]) & ~clean_a["digest"].isin(both["digest"])
    rows_a, rows_b = (both.merge(clean, on=KEY) for clean in (clean_a, clean_b))  # keeps the order of `both`
    counts = len(test_a), len(test_b)
    return PairedImages(rows_a, rows_b, counts, (int(in_a.sum()), int(in_b.sum())), int(unlike.sum()))


def _refuse_other_classes(a: set[str], b: set[str]) -> None:
    if a == b:
        return
    parts = [
        f"only {model} has {', '.join(repr(printable(name)) for name in sorted(alone)[:NAMED])}"
        + (f" and {len(alone) - NAMED:,} more" if len(alone) > NAMED else "")
        for model, alone in (("A", a - b), ("B", b - a))
        if alone
    ]
    raise PipelineError(f"the models have different classes: {'; '.join(parts)}")


def _fitted(table: pd.DataFrame, more: Iterable[str]) -> set[str]:
    """Return the digests of the images that a model was trained or validated on."""
    rows = table[table["split"] != "test"] if "split" in table else table[:0]
    return {*rows["digest"], *more}


def _test_rows(table: pd.DataFrame) -> pd.DataFrame:
    rows = (table[table["split"] == "test"] if "split" in table else table).sort_values(["digest", "label", "path"])
    return rows.assign(copy=rows.groupby(["digest", "label"]).cumcount())

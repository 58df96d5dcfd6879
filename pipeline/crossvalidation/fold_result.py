"""What evaluation measured in one fold."""

import io
import json
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.base.formats.csv_table import original_text
from pipeline.base.paths import EVALUATE_OUTPUTS, TEST_METRICS
from pipeline.crossvalidation.repository import Repository

OF_A_CLASS = ("recall", "precision", "f1")
CLASS_TABLE = f"{EVALUATE_OUTPUTS}/per_class.csv"


@dataclass(frozen=True)
class FoldResult:
    """One trained and evaluated fold.

    Attributes:
        fold: its number, from 1.
        experiment: name of its DVC experiment.
        metrics: of the test images, by name; None for what is undefined.
        classes: a row per class: class, images (test images of the class), precision, recall, f1, and more; NaN for
            what is undefined.
        reused: whether an earlier start of the cross-validation trained it.
    """

    fold: int
    experiment: str
    metrics: dict[str, Any]
    classes: pd.DataFrame
    reused: bool = False

    @property
    def images(self) -> int:
        """How many test images there are."""
        return int(self.metrics["images"])


def read_fold(repository: Repository, fold: int, name: str, *, reused: bool) -> FoldResult | None:
    """Return the result that a fold's DVC experiment holds, or None if there is no such experiment.

    Args:
        repository: that has the experiment.
        fold: its number, from 1.
        name: of the experiment.
        reused: to note in the result.
    """
    commit = repository.find_experiment(name)
    if commit is None:
        return None
    metrics, classes = repository.read(commit, TEST_METRICS), repository.read(commit, CLASS_TABLE)
    if metrics is None or classes is None:
        return None
    return FoldResult(fold, name, json.loads(metrics), class_table(classes), reused)


def class_table(text: str) -> pd.DataFrame:
    """Return evaluation's table of classes from its CSV text; a class named `NA` stays text, an empty cell is NaN."""
    table = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    table["class"] = table["class"].map(original_text)
    return table.assign(**{name: pd.to_numeric(table[name]) for name in table.columns if name != "class"})

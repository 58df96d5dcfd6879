"""What evaluation measured in one fold."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

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
        metrics: of the test images, by name; those over classes are over the classes that have test images.
        classes: a row per class: class, precision, recall, f1, images (test images of the class).
        reused: whether an earlier start of the cross-validation trained it.
    """

    fold: int
    experiment: str
    metrics: dict[str, float]
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
    table = class_table(classes)
    return FoldResult(fold, name, metrics_of_present_classes(json.loads(metrics), table), table, reused)


def class_table(text: str) -> pd.DataFrame:
    """Return evaluation's table of classes from its CSV text; classes named `1` or `NA` stay text."""
    return pd.read_csv(io.StringIO(text), dtype={"class": str}, keep_default_na=False)


def metrics_of_present_classes(metrics: Mapping[str, float], classes: pd.DataFrame) -> dict[str, float]:
    """Return a fold's metrics, those over classes recomputed if a class has no test image (and so a recall of 0).

    Args:
        metrics: as evaluation wrote them.
        classes: a row per class: class, precision, recall, f1, images.
    """
    present = classes[classes["images"] > 0]
    if present.empty or len(present) == len(classes):
        return dict(metrics)
    over_classes = {f"macro_{name}": float(present[name].mean()) for name in OF_A_CLASS}
    over_classes["min_class_recall"] = float(present["recall"].min())
    return {name: over_classes.get(name, value) for name, value in metrics.items()}

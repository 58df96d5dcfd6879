"""The comparison of two models, and what it comes to in a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.evaluation.comparison.class_differences import ClassDifference, class_differences
from pipeline.evaluation.comparison.figure_differences import FigureDifference, figure_differences
from pipeline.evaluation.comparison.paired_images import PairedImages
from pipeline.evaluation.comparison.paired_proportions import detectable_difference, mcnemar

LEVEL = 0.05


@dataclass(frozen=True)
class ModelComparison:
    """Two models, A and B, on the same test images.

    Attributes:
        images: the images.
        both_right: number of images that both get right.
        only_a: number that A alone gets right.
        only_b: number that B alone gets right.
        both_wrong: number that both get wrong.
        p_value: of McNemar's exact test that both are right equally often.
        detectable: difference of accuracies that these images show in 4 of 5 cases.
        figures: accuracy first.
        classes: the recalls of the classes.
    """

    images: PairedImages
    both_right: int
    only_a: int
    only_b: int
    both_wrong: int
    p_value: float
    detectable: float
    figures: list[FigureDifference]
    classes: list[ClassDifference]

    @property
    def better(self) -> str:
        """`A` or `B` if its accuracy is higher by more than chance explains, else an empty string.

        Both the exact test and the interval must say so; they disagree in one of a thousand cases.
        """
        return self.figures[0].better if self.p_value < LEVEL else ""

    def alone_right(self, model: str) -> pd.DataFrame:
        """Return the images that one model alone gets right, those first where the other is furthest off.

        Args:
            model: `A` or `B`.

        Returns:
            path, digest, label, then predicted_a, confidence_a, predicted_b and confidence_b.
        """
        a, b = self.images.a, self.images.b
        right_a, right_b = a["correct"].to_numpy(bool), b["correct"].to_numpy(bool)
        chosen, other = (right_a & ~right_b, b) if model == "A" else (right_b & ~right_a, a)
        table = a[["path", "digest", "label"]].assign(
            predicted_a=a["predicted"], confidence_a=a["confidence"],
            predicted_b=b["predicted"], confidence_b=b["confidence"], loss=other["loss"],
        )  # fmt: skip
        worst: pd.DataFrame = table[chosen].sort_values(["loss", "path"], ascending=[False, True])
        return worst.drop(columns="loss").reset_index(drop=True)


def compare_models(images: PairedImages, classes: Sequence[str]) -> ModelComparison:
    """Return the comparison.

    Args:
        images: paired test images.
        classes: class names.
    """
    right_a, right_b = (table["correct"].to_numpy(bool) for table in (images.a, images.b))
    only_a, only_b = int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
    return ModelComparison(
        images=images,
        both_right=int((right_a & right_b).sum()),
        only_a=only_a,
        only_b=only_b,
        both_wrong=int(np.sum(~right_a & ~right_b)),
        p_value=float(mcnemar(only_a, only_b)),
        detectable=detectable_difference(only_a, only_b, len(images)),
        figures=figure_differences(images, classes),
        classes=class_differences(images, classes),
    )

"""All images that the evaluation page shows."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.data.record import SPLITS
from pipeline.evaluation.shown.image_choice import least_certain, most_confused, worst_mistakes
from pipeline.evaluation.shown.shown_image import ImageLookup, ShownImage

MISTAKES = 12
UNCERTAIN = 12
PAIRS = 8
IMAGES_OF_A_PAIR = 5
SUSPECTS = 10  # likely wrong labels shown of each split


@dataclass(frozen=True)
class ConfusedPair:
    """Two classes that the model confuses.

    Attributes:
        label: the true class.
        predicted: the class that was predicted.
        errors: number of images of `label` that were taken for `predicted`.
        label_images: number of images of `label`.
        images: the errors in which the model was most confident.
    """

    label: str
    predicted: str
    errors: int
    label_images: int
    images: tuple[ShownImage, ...]


@dataclass(frozen=True)
class SuspectLabel:
    """An image whose label is likely wrong.

    Attributes:
        image: with the evidence for the suggested class.
        suggested: the class that the model suggests.
        suggested_probability: of that class.
    """

    image: ShownImage
    suggested: str
    suggested_probability: float


@dataclass(frozen=True)
class EvaluationGallery:
    """The images of the page.

    Attributes:
        mistakes: wrong test images, highest loss first.
        uncertain: test images whose two most probable classes are nearest to each other; none of `mistakes`.
        pairs: most errors first.
        suspects: by split, most suspicious first.
        suspect_totals: number of likely wrong labels, by split.
        looked_at: number of images that were looked at for them, by split.
    """

    mistakes: tuple[ShownImage, ...]
    uncertain: tuple[ShownImage, ...]
    pairs: tuple[ConfusedPair, ...]
    suspects: dict[str, tuple[SuspectLabel, ...]]
    suspect_totals: dict[str, int]
    looked_at: dict[str, int]


def evaluation_gallery(table: pd.DataFrame, label_errors: pd.DataFrame, lookup: ImageLookup) -> EvaluationGallery:
    """Choose the images, and read their pixels and activation maps.

    Args:
        table: a predictions table with the rows of all splits.
        label_errors: of `likely_label_errors` for the same table, most suspicious first.
        lookup: makes images from rows.
    """
    test = table[table["split"] == "test"]
    mistakes = worst_mistakes(test, MISTAKES)
    others = test[~test["position"].isin(mistakes["position"])]
    splits = [split for split in SPLITS if (table["split"] == split).any()]
    return EvaluationGallery(
        mistakes=lookup.images(mistakes),
        uncertain=lookup.images(least_certain(others, lookup.classes, UNCERTAIN)),
        pairs=tuple(
            ConfusedPair(
                pair.label, pair.predicted, pair.errors, pair.images, lookup.images(pair.rows.head(IMAGES_OF_A_PAIR))
            )
            for pair in most_confused(test, PAIRS)
        ),
        suspects={split: _suspects(table, label_errors, split, lookup) for split in splits},
        suspect_totals={split: int((label_errors["split"] == split).sum()) for split in splits},
        looked_at={split: int((table["split"] == split).sum()) for split in splits},
    )


def _suspects(
    table: pd.DataFrame, label_errors: pd.DataFrame, split: str, lookup: ImageLookup
) -> tuple[SuspectLabel, ...]:
    chosen = label_errors[label_errors["split"] == split].head(SUSPECTS)
    rows = table[table["split"] == split].set_index("position", drop=False).loc[chosen["position"]]
    suggested = [str(name) for name in chosen["suggested"]]
    probabilities: list[Any] = chosen["suggested_probability"].tolist()
    return tuple(
        SuspectLabel(image, name, float(probability))
        for image, name, probability in zip(lookup.images(rows, suggested), suggested, probabilities, strict=True)
    )

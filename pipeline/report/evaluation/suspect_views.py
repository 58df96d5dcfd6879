"""Images whose label is likely wrong, by split."""

from typing import Any

from pipeline.evaluation.label_errors import LEARNED_MARGIN, LEAST_MARGIN
from pipeline.evaluation.shown.evaluation_gallery import EvaluationGallery
from pipeline.report.evaluation.image_cards import suspect_card

SPLITS = {"test": "test images", "validation": "validation images", "train": "training images"}  # in this order
MANY = 0.05  # share of the images above which most are the model's own errors


def suspect_views(gallery: EvaluationGallery) -> dict[str, Any]:
    """Return what the template shows.

    Args:
        gallery: images of the page.

    Returns:
        `splits` of (name, likely wrong labels, images that were looked at, cards); `total`; `few`, texts such as
        `3 of 360 test images`, of the splits whose list is short enough that most of it may be wrong labels; `many`,
        whether a list is longer than that; `margin` and `learned_margin`, from which on an image is listed.
    """
    splits = [
        (name, gallery.suspect_totals[split], gallery.looked_at[split], [suspect_card(one) for one in cards])
        for split, name in SPLITS.items()
        if (cards := gallery.suspects.get(split)) is not None
    ]
    return {
        "splits": splits,
        "total": sum(total for _, total, _, _ in splits),
        "few": [f"{total:,} of {images:,} {name}" for name, total, images, _ in splits if 0 < total <= MANY * images],
        "margin": f"{LEAST_MARGIN:.0%}",
        "learned_margin": f"{LEARNED_MARGIN:.0%}",
        "many": any(total > MANY * images for _, total, images, _ in splits),
    }

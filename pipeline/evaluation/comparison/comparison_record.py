"""A comparison as plain values, for programs."""

from collections.abc import Sequence
from typing import Any

from pipeline.evaluation.comparison.comparison_content import ComparisonContent
from pipeline.evaluation.comparison.setting_changes import ValuePair
from pipeline.evaluation.scores.interval_estimate import json_number


def comparison_record(content: ComparisonContent) -> dict[str, Any]:
    """Return a comparison as JSON values: what is undefined is null, a list of images is whole.

    Args:
        content: the comparison.
    """
    comparison = content.comparison
    images = comparison.images
    return {
        "a": content.titles[0],
        "b": content.titles[1],
        "verdict": content.verdict,
        "better": comparison.better or None,
        "notes": list(content.notes),
        "images": len(images),
        "test_images": dict(zip("ab", images.test_images, strict=True)),
        "both_right": comparison.both_right,
        "only_a_right": comparison.only_a,
        "only_b_right": comparison.only_b,
        "both_wrong": comparison.both_wrong,
        "p_value": comparison.p_value,
        "detectable_difference": comparison.detectable,
        "figures": {
            one.name: {"a": json_number(one.a), "b": json_number(one.b), "difference": one.difference.record()}
            for one in comparison.figures
        },
        "classes": {
            one.name: {
                "images": one.images, "recall_a": one.a, "recall_b": one.b, "difference": one.difference.record(),
                "only_a_right": one.only_a, "only_b_right": one.only_b, "adjusted_p_value": one.p_value,
            }
            for one in comparison.classes
        },
        "right_alone": {name.lower(): comparison.alone_right(name).to_dict("records") for name in "AB"},
        "settings": None if content.settings is None else _pairs(content.settings),
        "origins": _pairs(content.origins),
    }  # fmt: skip


def _pairs(pairs: Sequence[ValuePair]) -> dict[str, dict[str, str]]:
    return {pair.name: {"a": pair.a, "b": pair.b} for pair in pairs}

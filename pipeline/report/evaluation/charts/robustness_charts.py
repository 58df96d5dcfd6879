"""Accuracy under corruptions of growing strength, each with one image that shows them."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.robustness.robustness_scores import CorruptionScore
from pipeline.report.evaluation.image_cards import in_color
from pipeline.report.evaluation.interval_view import interval_text
from pipeline.report.page.chart_axis import ChartAxis
from pipeline.report.page.number_text import share_text
from pipeline.report.page.page_pictures import embedded_picture
from pipeline.report.page.plot_area import PlotArea, share_axis

LEFT, SIDE, GAP = 40, 64, 8  # room for the axis; of a picture; between pictures
TOP, HEIGHT = 10, 120
TITLES = {"noise": "Noise", "blur": "Blur", "brightness": "Brightness", "jpeg": "JPEG compression",
          "rotation": "Rotation"}  # fmt: skip
LONGEST = 128  # pixels of a picture's long side


def robustness_charts(
    scores: Sequence[CorruptionScore], examples: Mapping[tuple[str, int], NDArray[np.uint8]]
) -> list[dict[str, Any]]:
    """Return a chart per corruption, in the order of `scores`.

    Args:
        scores: by corruption and strength; that of the images as they are has strength 0.
        examples: one image by corruption and strength, with strength 0 as it is.
    """
    before = next((score for score in scores if score.strength == 0), None)
    names = list(dict.fromkeys(score.corruption for score in scores if score.strength))
    lowest = [score.accuracy.low for score in scores if not math.isnan(score.accuracy.low)]
    charts = []
    for name in names:
        own = sorted((one for one in scores if one.corruption == name and one.strength), key=lambda one: one.strength)
        columns = [*([before] if before else []), *own]
        axis = ChartAxis(0, len(columns) * (SIDE + GAP), logarithmic=False)
        area = PlotArea(LEFT, TOP, len(columns) * (SIDE + GAP), HEIGHT, axis, share_axis(min(lowest, default=0.0)))
        common, labels = differing_words([one.setting for one in own])
        points = [_point(area, place, one) for place, one in enumerate(columns)]
        for point, label in zip(points, [*(["as it is"] if before else []), *labels], strict=True):
            point["label"] = label
        charts.append(
            {
                "title": TITLES.get(name, name.replace("_", " ")),
                "common": common,
                "width": area.right + 2,
                "height": area.bottom + SIDE + 46,
                "area": area,
                "points": points,
                "line": "M" + "L".join(f"{point['x']:g} {point['y']:g}" for point in points if point["defined"]),
                "pictures": [_picture(examples, name, one.strength, point) for one, point in
                             zip(columns, points, strict=True)],
                "side": SIDE,
            }
        )  # fmt: skip
    return charts


def robustness_verdict(scores: Sequence[CorruptionScore]) -> str:
    """Return in a sentence what hurts most and least at the highest strength; '' if nothing was measured.

    Args:
        scores: by corruption and strength; that of the images as they are has strength 0.
    """
    strongest = {one.corruption: one for one in scores if one.strength and one.accuracy.defined}  # the last one stays
    if len(strongest) < 2:
        return ""
    ranked = sorted(strongest.values(), key=lambda one: one.accuracy.value)
    worst, best = ranked[0], ranked[-1]
    names = [TITLES.get(one.corruption, one.corruption.replace("_", " ")) for one in (worst, best)]
    return (
        f"{names[0]} hurts most: {share_text(worst.accuracy.value)} at the highest strength; {names[1]} least: "
        f"{share_text(best.accuracy.value)}."
    )


def _point(area: PlotArea, place: int, score: CorruptionScore) -> dict[str, Any]:
    value, low, high = score.accuracy.value, score.accuracy.low, score.accuracy.high
    setting = score.setting if score.strength else "as they are"
    return {
        "x": area.left + (place + 0.5) * (SIDE + GAP),
        "y": area.y(value) if score.accuracy.defined else area.bottom,
        "low": area.y(low) if interval_text(score.accuracy) else None,
        "high": area.y(high) if interval_text(score.accuracy) else None,
        "defined": score.accuracy.defined,
        "value": share_text(value),
        "setting": setting,
        "text": f"{setting}: {share_text(value)} ({interval_text(score.accuracy)})",
    }


def _picture(
    examples: Mapping[tuple[str, int], NDArray[np.uint8]], name: str, strength: int, point: dict[str, Any]
) -> dict[str, Any] | None:
    pixels = examples.get((name, strength))
    if pixels is None:
        pixels = next((one for (_, at), one in examples.items() if at == 0), None) if strength == 0 else None
    if pixels is None:
        return None
    return {"picture": embedded_picture(in_color(pixels), LONGEST), "x": point["x"] - SIDE / 2}


def differing_words(texts: Sequence[str]) -> tuple[str, list[str]]:
    """Return what texts have in common, with `…` for the words that differ, and these words of each text.

    Args:
        texts: such as `quality 50` and `quality 25`, which give `quality …`, `50` and `25`.
    """
    words = [text.split() for text in texts]
    if len({len(one) for one in words}) != 1:
        return "", list(texts)
    same = [len(set(column)) == 1 for column in zip(*words, strict=True)]
    common = " ".join(word if equal else "…" for word, equal in zip(words[0], same, strict=True))
    own = [" ".join(word for word, equal in zip(one, same, strict=True) if not equal) for one in words]
    return ("" if common.strip("… ") == "" else common), own

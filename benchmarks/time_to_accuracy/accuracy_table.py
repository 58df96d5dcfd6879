"""The table of core-minutes to a validation accuracy."""

import math
from collections.abc import Mapping, Sequence
from statistics import median

from pipeline.base.markdown import markdown_table

PLAIN = "plain"  # the case that trains as a first Keras program does
NONE = "–"
TrainingFigures = Mapping[str, float]  # core_minutes, minutes, epochs, best (accuracy), reached (0 or 1)
Case = tuple[str, Sequence[TrainingFigures | None]]  # its name, and figures by seed; None for a training that failed


def accuracy_table(cases: Sequence[Case], target: float) -> str:
    """Return a Markdown table with a row per case.

    The last column is plain Keras's core-minutes divided by the case's, or a lower bound.

    Args:
        cases: the figures of each.
        target: the validation accuracy to reach.
    """
    heads = (
        "case", f"core-minutes to {target}", "lowest – highest", "epochs", "best accuracy", "reached",
        "plain Keras / this",
    )  # fmt: skip
    plain = next((trainings for name, trainings in cases if name == PLAIN), [])
    rows = []
    for name, trainings in cases:
        minutes, successful = _minutes_to_target(trainings), [each for each in trainings if each]
        counted = [each for each in successful if each["reached"]] or successful
        rows.append((
            name,
            _minutes_cell(trainings),
            f"{min(minutes):.2f} – {max(minutes):.2f}" if minutes else NONE,
            f"{median(each['epochs'] for each in counted):.0f}" if counted else NONE,
            f"{max(each['best'] for each in successful):.4f}" if successful else NONE,
            f"{len(minutes)} of {len(trainings)}",
            _ratio_cell(plain, minutes),
        ))  # fmt: skip
    return markdown_table(heads, rows, "lrrrrrr")


def _minutes_cell(trainings: Sequence[TrainingFigures | None]) -> str:
    if minutes := _minutes_to_target(trainings):
        return f"{median(minutes):.2f}"
    longest = max((each["core_minutes"] for each in trainings if each), default=None)
    return "failed" if longest is None else f"not in {longest:.2f}"


def _ratio_cell(plain: Sequence[TrainingFigures | None], minutes: Sequence[float]) -> str:
    if not minutes or not any(plain):
        return NONE
    if reached := _minutes_to_target(plain):
        return f"{median(reached) / median(minutes):.1f}"
    shortest = min(each["core_minutes"] for each in plain if each)
    return f"> {math.floor(shortest / median(minutes))}"


def _minutes_to_target(trainings: Sequence[TrainingFigures | None]) -> list[float]:
    """Return the core-minutes of the trainings that reached the target."""
    return [each["core_minutes"] for each in trainings if each and each["reached"]]

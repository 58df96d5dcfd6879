"""A comparison with the reference as text: a sentence, the rows of a table, JSON."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pipeline.base.printable import printable
from pipeline.monitoring.comparison import alarms
from pipeline.monitoring.shift.measure_shift import MeasureShift
from pipeline.report.monitor.monitor_content import MonitorRow
from pipeline.report.page.number_text import NOTHING

if TYPE_CHECKING:
    from rich.console import Console

SAID = {  # what an alarm means, if the new value is lower, and if it is higher
    "width": ("narrower", "wider"),
    "height": ("less high", "higher"),
    "aspect": ("of another shape", "of another shape"),
    "brightness": ("darker", "brighter"),
    "contrast": ("of less contrast", "of more contrast"),
    "sharpness": ("blurred", "sharper"),
}
CURES = (  # the first whose measures alarm
    ({"width", "height", "aspect", "brightness", "contrast", "sharpness"}, "check the camera and how images are made"),
    ({"embedding", "confidence"}, "look at the unusual images; label some, and train with them"),
    ({"class_mix"}, "if other classes are expected, run again with --ignore class_mix"),
)


def sentence(shifts: Sequence[MeasureShift]) -> str:
    """Return what changed and what to do, in one sentence."""
    found = {shift.measure.name: shift for shift in alarms(shifts)}
    if not found:
        return "No alarm: the new images are like those that the model was trained and validated on."
    states = [_state(name, shift) for name, shift in found.items() if name in SAID]
    said = [f"are {_joined(states)}"] if states else []
    said += [_changed(name, shift) for name, shift in found.items() if name not in SAID]
    changed = _joined(said)
    cure = next(text for names, text in CURES if names & found.keys())
    return f"Alarm: the new images {changed}; {cure}."


def _joined(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _state(name: str, shift: MeasureShift) -> str:
    if shift.new == shift.reference:
        return f"spread differently in {name}"
    return SAID[name][0 if (shift.new or 0.0) < (shift.reference or 0.0) else 1]


def _changed(name: str, shift: MeasureShift) -> str:
    if name == "embedding":
        return "look unlike the reference to the network"
    if name == "confidence":
        return "are classified with less confidence"
    return f"have another mix of predicted classes ({shift.note})"


def shift_rows(shifts: Sequence[MeasureShift]) -> list[MonitorRow]:
    """Return the rows of the table."""
    return [
        MonitorRow(
            shift.measure.title,
            _number(shift.reference),
            _number(shift.new),
            NOTHING if shift.effect is None else f"{shift.effect:.3f}",
            f"{shift.measure.limit:g}",
            NOTHING if shift.adjusted is None else _p_value(shift.adjusted),
            shift.verdict,
            printable(shift.note),
            shift.measure.meaning,
        )
        for shift in shifts
    ]


def print_rows(shifts: Sequence[MeasureShift], console: "Console") -> None:
    """Print the table."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for head in ("measure", "reference", "new", "effect", "limit", "p"):
        table.add_column(head, justify="left" if head == "measure" else "right")
    table.add_column("verdict")
    for row in shift_rows(shifts):
        verdict = Text(row.verdict, style="bold red" if row.verdict == "alarm" else "")
        table.add_row(row.title, row.reference, row.new, row.effect, row.limit, row.p_value, verdict)
    console.print(table)
    for row in shift_rows(shifts):
        if row.verdict == "not compared":
            console.print(f"{row.title} is not compared: {row.note}", markup=False, soft_wrap=True)


def shift_record(shifts: Sequence[MeasureShift]) -> list[dict[str, Any]]:
    """Return what JSON holds of each measure."""
    return [
        {
            "measure": shift.measure.name,
            "verdict": shift.verdict,
            "reference": shift.reference,
            "new": shift.new,
            "effect": shift.effect,
            "limit": shift.measure.limit,
            "p_value": shift.p_value,
            "p_adjusted": shift.adjusted,
            "note": shift.note,
        }
        for shift in shifts
    ]


def _number(value: float | None) -> str:
    return NOTHING if value is None else f"{value:,.4g}"


def _p_value(value: float) -> str:
    return "<0.0001" if value < 0.0001 else f"{value:.2g}"

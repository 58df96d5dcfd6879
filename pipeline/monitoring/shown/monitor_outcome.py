"""The outcome of a comparison with the reference, for a terminal and as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.base.printable import printable
from pipeline.monitoring.comparison import alarms
from pipeline.monitoring.shift.measure_shift import MeasureShift
from pipeline.monitoring.shown.shift_text import print_rows, shift_record

if TYPE_CHECKING:
    from rich.console import Console

LISTED = 5  # unreadable files whose reasons are printed


@dataclass(frozen=True)
class MonitorOutcome:
    """The outcome of a comparison.

    Attributes:
        model: name of the model.
        images: number of readable images.
        unreadable: (path, reason) of the others.
        shifts: comparison of each measure; None if there are too few images.
        comparison: what changed and what to do, in a sentence.
        unreadable_alarm: sentence if too many files are unreadable, else empty.
    """

    model: str
    images: int
    unreadable: Sequence[tuple[str, str]]
    shifts: Sequence[MeasureShift] | None
    comparison: str
    unreadable_alarm: str = ""

    @property
    def alarm(self) -> bool:
        """Whether a measure alarms, or the share of unreadable files."""
        return bool(alarms(self.shifts or ()) or self.unreadable_alarm)

    @property
    def sentence(self) -> str:
        """What changed and what to do."""
        if self.unreadable_alarm and not alarms(self.shifts or ()):
            return self.unreadable_alarm if self.shifts is not None else f"{self.unreadable_alarm} {self.comparison}"
        return f"{self.comparison} {self.unreadable_alarm}".rstrip()

    def print_to(self, console: "Console") -> None:
        """Print the number of images, the table and the sentence."""
        counts = f"{self.images:,} new images, {len(self.unreadable):,} unreadable"
        console.print(f"{printable(self.model)}: {counts}", markup=False, soft_wrap=True)
        if self.shifts is not None:
            print_rows(self.shifts, console)
        console.print(printable(self.sentence), markup=False, soft_wrap=True)

    def print_unreadable(self, console: "Console") -> None:
        """Print the first files that cannot be read, and how many more there are."""
        for path, error in self.unreadable[:LISTED]:
            console.print(f"unreadable: {printable(path)}: {printable(error)}", markup=False, soft_wrap=True)
        if len(self.unreadable) > LISTED:
            console.print(f"unreadable: and {len(self.unreadable) - LISTED:,} more")

    def record(self) -> dict[str, Any]:
        """Return what JSON holds."""
        return {
            "model": self.model,
            "images": self.images,
            "unreadable": [{"path": printable(path), "reason": reason} for path, reason in self.unreadable],
            "alarm": self.alarm,
            "sentence": self.sentence,
            "measures": None if self.shifts is None else shift_record(self.shifts),
        }

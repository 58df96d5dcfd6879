"""What was exported and how good it is, as a table, as JSON and as Markdown."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.table import Table

from pipeline.base.files import write_json, write_text
from pipeline.base.markdown import markdown_table
from pipeline.exporting.formats.format_interface import INT8
from pipeline.inference.engine.engine_timing import Timing

JSON, MARKDOWN = "report.json", "report.md"
KERAS = "keras"  # format of the reference
HEADS = ("format", "engine", "precision", "MB", "one image", "images/s", "difference", "test accuracy")
ALIGNMENT = "lllrrrrr"


@dataclass(frozen=True)
class ExportRow:
    """An exported network under an engine, or the Keras file as the reference.

    Attributes:
        format: name of its folder, or `keras`.
        engine: with version.
        precision: in which it computes.
        size: bytes on disk.
        difference: largest difference of a probability from the expected answers.
        timing: how fast it is; None: not measured.
        accuracy: on test images; None: there are none.
    """

    format: str
    engine: str
    precision: str
    size: int
    difference: float
    timing: Timing | None
    accuracy: float | None

    def cells(self) -> tuple[str, ...]:
        """Return the row of the table."""
        speed = (f"{self.timing.latency * 1000:.2f} ms", f"{self.timing.rate:,.0f}") if self.timing else ("", "")
        accuracy = "" if self.accuracy is None else f"{self.accuracy:.4f}"
        texts = self.format, self.engine, self.precision, f"{self.size / 1e6:.1f}"
        return *texts, *speed, f"{self.difference:.1e}", accuracy


@dataclass(frozen=True)
class ExportReport:
    """Everything about one export.

    Attributes:
        model: what was exported, for people.
        digest: SHA-256 of its `.keras` file.
        rows: Keras first.
        notes: how it was measured, a sentence each.
    """

    model: str
    digest: str
    rows: Sequence[ExportRow]
    notes: Sequence[str]

    def table(self) -> Table:
        """Return a table for the terminal."""
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        for head, letter in zip(HEADS, ALIGNMENT, strict=True):
            table.add_column(head, justify="right" if letter == "r" else "left", no_wrap=True)
        for row in self.rows:
            table.add_row(*row.cells())
        return table

    def markdown(self) -> str:
        """Return the whole report as Markdown."""
        rows = markdown_table(HEADS, [row.cells() for row in self.rows], ALIGNMENT)
        return f"# {self.model}\n\n{rows}\n" + "".join(f"- {note}\n" for note in self.notes)

    def write(self, folder: Path) -> list[Path]:
        """Write report.json and report.md into `folder`; return their paths."""
        write_json(folder / JSON, asdict(self))
        write_text(folder / MARKDOWN, self.markdown())
        return [folder / JSON, folder / MARKDOWN]

    def accuracy_drops(self, bound: float) -> list[str]:
        """Return a warning for each int8 network whose test accuracy is lower than Keras's by more than `bound`."""
        reference = self.rows[0].accuracy
        return [
            f"{row.format}: test accuracy {row.accuracy:.4f} is {reference - row.accuracy:.4f} lower than Keras's "
            f"{reference:.4f}, more than --max-drop {bound:g}"
            for row in self.rows
            if row.precision == INT8 and row.accuracy is not None and reference is not None
            if reference - row.accuracy > bound
        ]

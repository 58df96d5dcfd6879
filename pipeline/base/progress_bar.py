"""A progress bar with rate and time left on a terminal; a plain line every few seconds elsewhere."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

QUIET_SECONDS = 10.0  # between plain lines


class ProgressBar:
    """Progress through `total` units of work, as a context manager.

    Args:
        label: what is being done.
        total: how many units there are.
        unit: what they are called, in the plural.
        console: where to show it; standard output if it is None.
    """

    def __init__(self, label: str, total: int, unit: str, console: Console | None = None) -> None:
        self.label, self.total, self.unit = label, total, unit
        self.done = self._first = 0
        self._began = self._printed = 0.0
        self._console = console = console or Console()
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}"),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task(label, total=total, rate="", note="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def advance(self, units: int, note: str | None = None) -> None:
        """Count `units` more as done; `note` replaces the text at the end of the bar."""
        now = time.monotonic()
        self.done += units
        if units and not self._began:
            self._began = self._printed = now  # the first units pay for tracing and caches: not part of the rate
            self._first = units
        counted, seconds = self.done - self._first, now - self._began
        rate = self._rate(counted / seconds) if counted and seconds else ""
        self._progress.update(self._task, advance=units, rate=rate)
        if note is not None:
            self._progress.update(self._task, note=note)
        if self._progress.disable and units and counted and now - self._printed >= QUIET_SECONDS:
            self._printed = now
            left = seconds / counted * (self.total - self.done)
            line = f"{self.label}: {self.done}/{self.total} {self.unit}, {rate}, {left:.0f} s left"
            print(line, file=self._console.file, flush=True)

    def _rate(self, per_second: float) -> str:
        return f"{per_second:,.0f} {self.unit}/s" if per_second >= 1 else f"{60 * per_second:,.1f} {self.unit}/min"

    def print_line(self, line: str) -> None:
        """Print a line above the bar."""
        if self._progress.disable:
            print(line, file=self._console.file, flush=True)
        else:
            self._console.print(line, highlight=False, markup=False)

"""Predictions for people: bars on a terminal, plain lines elsewhere."""

from collections.abc import Sequence
from typing import TextIO

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from pipeline.base.printable import printable
from pipeline.runtime.prediction import Prediction

BAR, WIDE_BAR = 8, 24  # cells
EIGHTHS = " ▏▎▍▌▋▊▉█"
FEW = 3  # images that get a paragraph each


class PlainLines:
    """A line an image, separated by tabs: path, class, probability, then the next classes.

    Args:
        stream: to write to.
        classes: class names in index order.
        top: how many classes to name.
    """

    def __init__(self, stream: TextIO, classes: Sequence[str], top: int) -> None:
        self.stream, self.classes, self.top = stream, classes, top

    def write(self, prediction: Prediction, label: str | None) -> None:
        """Write the line."""
        cells = [cell for index, value in prediction.best(self.top) for cell in (self.classes[index], f"{value:.4f}")]
        cells = cells or [f"unreadable: {prediction.error}"]
        self.stream.write("\t".join(printable(cell) for cell in (prediction.name, *cells)) + "\n")

    def close(self) -> None:
        """Do nothing: every line is complete."""


class TerminalTable:
    """A line an image on a terminal: path, bar, probability, class, and as many of the next classes as fit.

    Args:
        console: the terminal.
        classes: class names in index order.
        top: how many classes to name.
        images: how many there will be; a few get a paragraph each, with a line for each class.
        paths: cells for the longest path.
    """

    def __init__(self, console: Console, classes: Sequence[str], top: int, images: int, paths: int) -> None:
        self.console, self.top, self.images = console, top, images
        self.classes, self.names = [printable(name) for name in classes], set(classes)
        self.path_cells = min(paths, max(16, console.width * 2 // 5))
        self.class_cells = min(max(map(cell_len, self.classes)), 24)

    def write(self, prediction: Prediction, label: str | None) -> None:
        """Print the line or the paragraph; a label that is no class of the network says nothing."""
        label = label if label in self.names else None
        lines = self._paragraph(prediction, label) if self.images <= FEW else [self._line(prediction, label)]
        for line in lines:
            self.console.print(line, soft_wrap=self.images <= FEW, overflow="ellipsis", no_wrap=True)

    def close(self) -> None:
        """Do nothing: every line is complete."""

    def _paragraph(self, prediction: Prediction, label: str | None) -> list[Text]:
        lines = [Text(printable(prediction.name), "bold").append(_truth(label), "dim")]
        if prediction.error:
            return [*lines, Text(f"  unreadable: {printable(prediction.error)}", "red")]
        for rank, (index, value) in enumerate(prediction.best(self.top)):
            style = "" if rank == 0 else "dim"
            line = Text(f"  {_fitted(self.classes[index], self.class_cells)}  ", style)
            lines.append(line.append(_bar(value, WIDE_BAR), "green").append(f"  {value:7.2%}"))
        return lines

    def _line(self, prediction: Prediction, label: str | None) -> Text:
        line = Text(_fitted(printable(prediction.name), self.path_cells) + "  ")
        if prediction.error:
            return line.append(f"unreadable: {printable(prediction.error)}", "red")
        (first, confidence), *others = prediction.best(self.top)
        right = label is None or label == self.classes[first]
        line.append(_bar(confidence, BAR), "green" if right else "red").append(f" {confidence:6.1%}  ")
        line.append(_fitted(self.classes[first], self.class_cells), "bold")
        if label is not None:
            line.append("  ✓" if right else f"  ✗ is {printable(label)}", "green" if right else "red")
        rest = ", ".join(f"{self.classes[index]} {value:.1%}" for index, value in others)
        return line.append(f"  {rest}", "dim")


def _truth(label: str | None) -> str:
    return "" if label is None else f"  (is {printable(label)})"


def _bar(fraction: float, cells: int) -> str:
    whole, eighths = divmod(round(fraction * cells * 8), 8)
    return ("█" * whole + (EIGHTHS[eighths] if eighths else "")).ljust(cells)


def _fitted(text: str, cells: int) -> str:
    """Return `text` on exactly `cells` cells, its middle left out if it is longer."""
    if cell_len(text) <= cells:
        return set_cell_size(text, cells)
    tail = set_cell_size(text[::-1], (cells - 1) // 2 + (cells - 1) % 2)[::-1]
    return set_cell_size(set_cell_size(text, (cells - 1) // 2) + "…" + tail, cells)

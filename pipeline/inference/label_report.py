"""How well predictions agree with known labels."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pipeline.base.errors import PipelineError
from pipeline.base.printable import printable
from pipeline.runtime.prediction import Outcome

if TYPE_CHECKING:
    from rich.console import Console

SHOWN = 10  # pairs of classes that are confused most often


class LabelReport:
    """Accuracy, figures of each class and confusions of the images whose label is one of the network's classes.

    Args:
        classes: class names in index order.
    """

    def __init__(self, classes: Sequence[str]) -> None:
        self.classes = classes
        self.pairs: Counter[tuple[str, str]] = Counter()  # label, prediction
        self.unknown: Counter[str] = Counter()  # labels that are no class of the network

    def add(self, labels: Sequence[str], outcomes: Sequence[Outcome]) -> None:
        """Count the readable images."""
        for label, outcome in zip(labels, outcomes, strict=True):
            if label in self.classes and outcome.predicted is not None:
                self.pairs[label, self.classes[outcome.predicted]] += 1
            elif outcome.predicted is not None:
                self.unknown[label] += 1

    def check(self, labels: Iterable[str]) -> None:
        """Raise a `PipelineError` if no label is a class of the network."""
        if not (found := set(labels)) & set(self.classes):
            raise PipelineError(
                f"--labels folders: no folder is named after a class; the folders are {_listed(found)}, the classes "
                f"{_listed(self.classes)}"
            )

    @property
    def images(self) -> int:
        """Number of images that count."""
        return self.pairs.total()

    @property
    def accuracy(self) -> float:
        """Fraction of them that is right; NaN if there are none."""
        right = sum(count for (label, predicted), count in self.pairs.items() if label == predicted)
        return right / self.images if self.images else float("nan")

    def class_rows(self) -> list[tuple[str, int, float | None, float | None]]:
        """Return class, images, recall and precision (None where undefined) of the classes that occur."""
        images: Counter[str] = Counter()
        predicted: Counter[str] = Counter()
        for (label, prediction), count in self.pairs.items():
            images[label] += count
            predicted[prediction] += count
        rows = []
        for name in self.classes:
            if images[name] or predicted[name]:
                right = self.pairs[name, name]
                recall = right / images[name] if images[name] else None
                rows.append((name, images[name], recall, right / predicted[name] if predicted[name] else None))
        return rows

    def print_to(self, console: "Console") -> None:
        """Print the figures."""
        from rich.table import Table
        from rich.text import Text

        for label, count in sorted(self.unknown.items()):
            console.print(f"left out: images in {printable(label)}, no class of the model: {count:,}", markup=False)
        if not self.images:
            return
        console.print(f"accuracy {self.accuracy:.4f} on {self.images:,} labeled images")
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        for head, justify in (("class", "left"), ("images", "right"), ("recall", "right"), ("precision", "right")):
            table.add_column(head, justify=justify)  # type: ignore[arg-type]
        for name, images, recall, precision in self.class_rows():
            figures = ("–" if value is None else f"{value:.4f}" for value in (recall, precision))
            table.add_row(Text(printable(name)), f"{images:,}", *figures)
        console.print(table)
        confused = [(pair, count) for pair, count in self.pairs.most_common() if pair[0] != pair[1]][:SHOWN]
        for (label, predicted), count in confused:
            console.print(f"{count:>6,}  {printable(label)} predicted as {printable(predicted)}", markup=False)


def _listed(names: Iterable[str]) -> str:
    shown = [printable(name) for name in sorted(names)]
    return ", ".join(shown[:SHOWN]) + (f" and {len(shown) - SHOWN} more" if len(shown) > SHOWN else "")

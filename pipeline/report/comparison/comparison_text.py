"""A comparison in the terminal."""

from collections.abc import Iterator, Sequence
from math import isnan

import pandas as pd
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from pipeline.base.printable import printable
from pipeline.evaluation.comparison.comparison_content import ComparisonContent
from pipeline.evaluation.comparison.comparison_sentences import CAUTION, signed
from pipeline.evaluation.comparison.figure_differences import FigureDifference
from pipeline.evaluation.comparison.model_comparison import ModelComparison
from pipeline.evaluation.comparison.setting_changes import ValuePair
from pipeline.report.comparison.figure_titles import TITLES

LISTED = 5  # images of each model, classes


def print_comparison(content: ComparisonContent, console: Console) -> None:
    """Print a comparison.

    Args:
        content: the comparison.
        console: where; without colors if it is no terminal.
    """
    for part in _parts(content):
        console.print(part, soft_wrap=not console.is_terminal and isinstance(part, Text))


def _parts(content: ComparisonContent) -> Iterator[RenderableType]:
    comparison = content.comparison
    for letter, title in zip("AB", content.titles, strict=True):
        yield Text(f"{letter}  ", "bold").append(printable(title), "not bold")
    yield Text("\n" + content.verdict, "bold green" if comparison.better else "bold")
    yield Text(" ".join(content.notes))
    yield Text("")
    yield _figures(comparison.figures)
    yield Text(
        f"\nboth right {comparison.both_right:,}, only A {comparison.only_a:,}, only B {comparison.only_b:,}, "
        f"both wrong {comparison.both_wrong:,}"
    )
    yield from _classes(comparison)
    for model in "AB":
        yield from _alone(comparison.alone_right(model), model)
    yield from _settings(content)
    yield Text("\n" + CAUTION, "dim")


def _figures(figures: list[FigureDifference]) -> Table:
    table = _table("", "A", "B", "B − A", "95% interval", "better")
    for one in figures:
        interval = f"{signed(one.difference.low, 4)} to {signed(one.difference.high, 4)}"
        known = not isnan(one.difference.low)
        _add_row(
            table,
            TITLES[one.name],
            f"{one.a:.4f}",
            f"{one.b:.4f}",
            signed(one.difference.value, 4),
            interval if known else "–",
            one.better,
        )
    return table


def _classes(comparison: ModelComparison) -> Iterator[RenderableType]:
    shown = [one for one in comparison.classes if one.shown]
    count = len(comparison.classes)
    if not shown:
        yield Text(f"\nno class's recall differs by more than chance explains (looked at {count:,} classes)")
        return
    yield Text(f"\nclasses whose recall differs by more than chance explains ({len(shown):,} of {count:,})")
    table = _table("class", "images", "A", "B", "B − A", "adjusted p")
    for one in shown[:LISTED]:
        _add_row(
            table,
            printable(one.name),
            f"{one.images:,}",
            f"{one.a:.4f}",
            f"{one.b:.4f}",
            signed(one.difference.value, 4),
            f"{one.p_value:.2g}",
        )
    yield table


def _alone(images: pd.DataFrame, model: str) -> Iterator[RenderableType]:
    if images.empty:
        return
    first = f", the first {LISTED}" if len(images) > LISTED else ""
    yield Text(f"\nonly {model} is right on {len(images):,} image{'s' * (len(images) != 1)}{first}")
    table = _table("image", "class", "A", "B")
    for row in images.head(LISTED).to_dict("records"):
        answers = [f"{printable(row[f'predicted_{one}'])} {row[f'confidence_{one}']:.0%}" for one in "ab"]
        _add_row(table, printable(row["path"]), printable(row["label"]), *answers)
    yield table


def _settings(content: ComparisonContent) -> Iterator[RenderableType]:
    changed = [pair for pair in content.origins if pair.differs]
    if content.settings is None:
        yield Text("\nsettings: not known for both")
    elif not content.settings:
        yield Text("\nsettings: the same")
    for title, pairs in (("settings that differ", content.settings or []), ("origin", changed)):
        if pairs:
            yield Text(f"\n{title}")
            yield _pairs_table(pairs)


def _pairs_table(pairs: Sequence[ValuePair]) -> Table:
    table = _table("", "A", "B")
    for pair in pairs:
        _add_row(table, printable(pair.name), printable(pair.a), printable(pair.b))
    return table


def _add_row(table: Table, *cells: str) -> None:
    table.add_row(*(Text(cell) for cell in cells))  # a name may look like rich's markup


def _table(*heads: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for head in heads:
        table.add_column(head, overflow="fold")
    return table

"""A network as tables of text."""

from collections.abc import Sequence

from rich.table import Table

from pipeline.base.markdown import markdown_table
from pipeline.topology.paper_table import KILO, MEGA, PaperComparison
from pipeline.topology.parts import Part
from pipeline.topology.planned_cost import Cost


def parts_table(parts: Sequence[Part]) -> Table:
    """Return a row per part of the network, and their sum."""
    table = _table(["part", "output", "parameters", "multiply-adds"])
    for part in parts:
        table.add_row(part.name, shape_text(part.output), *_counts(part.cost))
    table.add_section()
    table.add_row("whole network", "", *_counts(sum((part.cost for part in parts), Cost())))
    return table


def paper_rows(compared: Sequence[PaperComparison]) -> list[tuple[str, ...]]:
    """Return part, output, weights and multiply-adds, each as published and as built, and why they differ."""
    rows: list[tuple[str, ...]] = []
    for row in compared:
        published = row.published
        figures = ("", "", "", "")
        if published.kiloweights is not None and published.megaops is not None:
            weights, operations = f"{row.weights / KILO:,.1f}K", f"{row.multiply_adds / MEGA:,.1f}M"
            figures = (f"{published.kiloweights:g}K", weights, f"{published.megaops:g}M", operations)
        rows.append((published.part, shape_text(row.output), *figures, published.difference))
    return rows


def paper_markdown(compared: Sequence[PaperComparison]) -> str:
    """Return the comparison as a table in Markdown."""
    heads = ("part", "output", "weights, paper", "ours", "multiply-adds, paper", "ours", "where they differ")
    return markdown_table(heads, paper_rows(compared), "llrrrrl")


def paper_table(compared: Sequence[PaperComparison]) -> Table:
    """Return the comparison as a table for the terminal; the reasons stand below it, numbered."""
    rows = paper_rows(compared)
    reasons = list(dict.fromkeys(row[-1] for row in rows if row[-1]))
    table = _table(["part", "output", "weights:", "paper", "ours", "multiply-adds:", "paper", "ours", ""])
    for part, output, *figures, reason in rows:
        mark = f"({reasons.index(reason) + 1})" if reason else ""
        table.add_row(part, output, "", *figures[:2], "", *figures[2:], mark)
    table.caption = "\n".join(f"({number}) {reason}" for number, reason in enumerate(reasons, 1))
    table.caption_justify, table.caption_style = "left", ""
    return table


def shape_text(shape: Sequence[int]) -> str:
    """Return a shape as in `14×14×512`."""
    return "×".join(map(str, shape))


def _counts(cost: Cost) -> tuple[str, str]:
    return f"{cost.parameters:,}" if cost.parameters else "", f"{cost.multiply_adds:,}" if cost.multiply_adds else ""


def _table(heads: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for number, head in enumerate(heads):
        table.add_column(head, justify="left" if number < 2 or not head else "right", no_wrap=True)
    return table

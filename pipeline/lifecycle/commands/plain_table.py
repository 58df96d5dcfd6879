"""Tables of the sub-commands: aligned on a terminal, values separated by tabs elsewhere."""

import sys
from collections.abc import Sequence

from pipeline.base.printable import printable


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table.

    Args:
        head: name of each column.
        rows: a text for each column.
    """
    safe = [[printable(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for cells in (head, *safe):
            print("\t".join(cells))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in head:
        shown.add_column(name, overflow="fold")
    for cells in safe:
        shown.add_row(*(Text(cell) for cell in cells))
    Console(highlight=False).print(shown)


def print_fields(fields: Sequence[tuple[str, str]]) -> None:
    """Print a line for each name and value, the values below one another."""
    width = max((len(name) for name, _ in fields), default=0)
    for name, value in fields:
        print(f"{name:<{width}}  {printable(value)}".rstrip())

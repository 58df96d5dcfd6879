"""Tables in Markdown."""

from collections.abc import Iterable, Sequence


def markdown_table(heads: Sequence[str], rows: Iterable[Sequence[object]], alignment: str = "") -> str:
    """Return a table with a line for each row, a newline after each line.

    Args:
        heads: the columns' headings.
        rows: as many cells each as there are columns.
        alignment: a letter for each column: `r` for numbers, `l` for text; all text if omitted.
    """
    rules = ["---:" if letter == "r" else "---" for letter in alignment or "l" * len(heads)]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in (heads, rules, *rows))

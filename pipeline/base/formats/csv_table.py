"""CSV tables that a person may open in a spreadsheet, which executes cells that begin as a formula does.

As OWASP advises, an apostrophe goes before a text that begins with = + - @, a tab or a line break; numbers stay as they
are. A text that has apostrophes there already gets one more, so that `original_text` brings every text back.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.base.files import atomic_file

if TYPE_CHECKING:
    import pandas as pd

FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")  # the last four are full-width, which some spreadsheets take too
PATHS = ("path",)  # columns whose texts get ./ instead, with which they stay valid paths


def harmless_text(text: str) -> str:
    """Return a text that no spreadsheet executes.

    Args:
        text: of a cell.
    """
    return f"'{text}" if FORMULA.match(text) and not _is_number(text) else text


def original_text(cell: str) -> str:
    """Return the text from which `harmless_text` made a cell.

    Args:
        cell: as it is in the table.
    """
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def harmless_path(path: str) -> str:
    """Return a relative path that no spreadsheet executes, and that still leads to the file."""
    return f"./{path}" if FORMULA.match(path) else path


def write_csv(table: "pd.DataFrame", path: Path, float_format: str | None = "%.6g") -> None:
    """Write a table, whole or not at all, its texts made harmless.

    Args:
        table: its columns named `path` hold relative paths.
        path: of the file.
        float_format: of numbers; None: as many digits as they have.
    """
    with atomic_file(path) as partial:
        _harmless_table(table).to_csv(partial, index=False, float_format=float_format)


def _harmless_table(table: "pd.DataFrame") -> "pd.DataFrame":
    kept = {name: harmless_path if name in PATHS else harmless_text for name in table.columns}
    return table.assign(
        **{
            name: table[name].map(lambda cell, change=change: change(cell) if isinstance(cell, str) else cell)
            for name, change in kept.items()
            if table[name].dtype.kind not in "biufc"
        }
    )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text == text.strip()

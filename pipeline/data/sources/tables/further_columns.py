"""Columns of a table that the preparation does not need, kept to compare the images by."""

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

PREFIX = "table."  # of their names in the manifest
NUMBER = re.compile(r"[+-]?(0|[1-9]\d{0,14})(\.\d*)?([eE][+-]?\d{1,2})?")  # 007 and longer ones are names


class FurtherColumns:
    """The columns of a table that nothing else uses, as text.

    Args:
        header: names of all columns.
        used: places of the columns that are used otherwise.

    Attributes:
        columns: their values by name. Equal values are one object. A column without a name is called `column N`, and
            a second one of a name, `NAME 2`.
    """

    def __init__(self, header: Sequence[str], used: Sequence[int]) -> None:
        self._places = [place for place in range(len(header)) if place not in used]
        self.columns: dict[str, list[str]] = {}
        for place in self._places:
            name = first = header[place] or f"column {place + 1}"
            number = 2
            while name in self.columns:
                name, number = f"{first} {number}", number + 1
            self.columns[name] = []

    def add(self, row: Sequence[str]) -> None:
        """Add one row of the whole table."""
        for place, values in zip(self._places, self.columns.values(), strict=True):
            values.append(sys.intern(row[place].strip()))

    def add_all(self, columns: Iterable[Sequence[str]]) -> None:
        """Add all rows, given as columns."""
        for values, found in zip(columns, self.columns.values(), strict=True):
            found += [sys.intern(value.strip()) for value in values]


def is_plain(field: Any) -> bool:
    """Return whether a column of parquet has text, numbers, dates or booleans; others may be whole images.

    Args:
        field: of pyarrow.
    """
    from pyarrow import types

    kind = field.type.value_type if types.is_dictionary(field.type) else field.type
    return not (types.is_nested(kind) or types.is_binary(kind) or types.is_large_binary(kind)
                or types.is_fixed_size_binary(kind) or types.is_binary_view(kind)
                or types.is_null(kind))  # fmt: skip


def manifest_columns(columns: Mapping[str, Sequence[str]], rows: NDArray[np.int64]) -> dict[str, "pd.Series"]:
    """Return the columns of a listing for the rows of a manifest, by names that no other column has.

    A column in which every value is a number or empty is one of numbers. Empty values are missing.

    Args:
        columns: of the listing, as text.
        rows: of each row of the manifest, its place in the columns; -1: none.
    """
    return {f"{PREFIX}{name}": _typed(values, rows) for name, values in columns.items()}


def _typed(values: Sequence[str], rows: NDArray[np.int64]) -> "pd.Series":
    chosen = [values[row] or None if row >= 0 else None for row in rows.tolist()]
    known = {value for value in chosen if value is not None}
    if known and all(NUMBER.fullmatch(value) for value in known):
        return pd.to_numeric(pd.Series(chosen, dtype=object))
    return pd.Series(chosen, dtype=object)

"""Tables as text: every value as it was written."""

import codecs
import csv
import io
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pipeline.base.errors import PipelineError, did_you_mean, nearest, one_line
from pipeline.base.printable import printable
from pipeline.data.sources.tables.further_columns import FurtherColumns, is_plain

SEPARATORS = (",", ";", "\t", "|")
PARQUET = b"PAR1"  # first bytes
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class Table:
    """A table as text.

    Attributes:
        rows: text of each column that was asked for, in that order.
        numbers: of each row, as a text editor counts lines, or from 1 for parquet.
        unit: `line` or `row`.
        further: the other columns, by name.
    """

    rows: list[tuple[str, ...]]
    numbers: Sequence[int]
    unit: str
    further: Mapping[str, Sequence[str]]


def read_table(data: bytes, name: str, columns: Sequence[str]) -> Table:
    """Return columns of a CSV or parquet file as text, with nothing taken for a number, a date or a missing value.

    CSV is UTF-8 (or UTF-16 with a byte order mark), with a line of column names, and separated by commas, semicolons,
    tabs or bars. Of parquet, missing values are empty, and whole numbers have no decimal point.

    Args:
        data: the file's bytes.
        name: its path, for messages.
        columns: names of the columns.

    Raises:
        PipelineError: a column is missing or there twice, a row has more or fewer values, the file is damaged.
    """
    return _parquet(data, name, columns) if data.startswith(PARQUET) else _csv(data, name, columns)


def _csv(data: bytes, name: str, columns: Sequence[str]) -> Table:
    text = _text(data, name)
    separator = _separator(text, columns)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows, numbers = [], []
    try:
        header = [column.strip() for column in next(reader, [])]
        places = _places(header, name, columns)
        further = FurtherColumns(header, places)
        start = reader.line_num + 1
        for row in reader:
            if any(row) and len(row) != len(header):
                raise PipelineError(
                    f"{printable(name)}, line {start}: {len(row)} values for {len(header)} columns; put values that "
                    f"hold {separator!r} in double quotes"
                )
            if any(row):
                rows.append(tuple(row[place] for place in places))
                further.add(row)
                numbers.append(start)
            start = reader.line_num + 1
    except csv.Error as error:
        raise PipelineError(
            f"{printable(name)}, line {reader.line_num}: {one_line(error, 100)}; mend its quotes"
        ) from None
    return Table(rows, numbers, "line", further.columns)


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-16" if data.startswith(UTF_16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise PipelineError(f"{printable(name)} is not UTF-8 (byte {error.start}); save it as CSV in UTF-8") from None


def _separator(text: str, columns: Sequence[str]) -> str:
    """Return the separator that gives the first line most of the columns; the comma where none does."""
    first = next(io.StringIO(text, newline=""), "")

    def known(separator: str) -> int:
        return len(set(columns) & {column.strip(' "') for column in first.strip("\r\n").split(separator)})

    return max(SEPARATORS, key=known)


def _places(header: Sequence[str], name: str, columns: Sequence[str]) -> list[int]:
    for column in columns:
        if column not in header:
            guess = did_you_mean(nearest(column, header))
            raise PipelineError(
                f"{printable(name)} has no column {column!r}{guess}; it has {', '.join(map(repr, header)) or 'none'}: "
                f"set data.table.path, label, split, group or weight to the right one"
            )
        if header.count(column) > 1:
            raise PipelineError(f"{printable(name)} has the column {column!r} twice; rename one")
    return [header.index(column) for column in columns]


def _parquet(data: bytes, name: str, columns: Sequence[str]) -> Table:
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(io.BytesIO(data))
        _places(file.schema_arrow.names, name, columns)
        table = file.read(columns=list(dict.fromkeys(columns)))
        values = [[_as_text(value) for value in table.column(column).to_pylist()] for column in columns]
    except PipelineError:
        raise
    except Exception as error:  # pyarrow's ArrowInvalid, OSError, …
        raise PipelineError(f"{printable(name)} is no readable parquet file ({one_line(error, 100)})") from None
    rows = list(zip(*values, strict=True))
    return Table(rows, range(1, len(rows) + 1), "row", _further(file, columns))


def _further(file: Any, columns: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Return a parquet file's other plain columns; nobody needs them, so what cannot be read or written is left out."""
    names, texts = [], []
    for name in dict.fromkeys(file.schema_arrow.names):
        if name in columns or not any(field.name == name and is_plain(field) for field in file.schema_arrow):
            continue
        with suppress(Exception):  # pyarrow's, or Python's for a date after the year 9999 or an unknown time zone
            table = file.read(columns=[name])  # of two columns with one name: both
            for place, field in enumerate(table.schema):
                if field.name == name and is_plain(field):
                    texts.append([_as_text(value) for value in table.column(place).to_pylist()])
                    names.append(name)
    further = FurtherColumns(names, [])
    further.add_all(texts)
    return further.columns


def _as_text(value: object) -> str:
    if value is None or value != value:  # NaN  # noqa: PLR0124
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)

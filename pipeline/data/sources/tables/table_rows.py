"""What the rows of a table say about images."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.base.errors import PipelineError
from pipeline.config.schema.data_schema import TableConfig
from pipeline.data.record import Split
from pipeline.data.sources.split_names import named_splits
from pipeline.data.sources.tables.table_file import read_table

SMALLEST_WEIGHT, LARGEST_WEIGHT = 1e-6, 1e6


@dataclass(frozen=True)
class TableRow:
    """One image of a table.

    Attributes:
        where: table and line, for messages.
        path: as it was written.
        label: class name.
        split: if the table decides that.
        group: of images that go to one split.
        weight: of its training loss.
    """

    where: str
    path: str
    label: str
    split: Split | None
    group: str | None
    weight: float


def table_rows(data: bytes, name: str, config: TableConfig) -> tuple[Iterable[TableRow], Mapping[str, Sequence[str]]]:
    """Return the rows of a table, and its further columns, by name, as text.

    Spaces around a value are dropped, except around a path.

    Args:
        data: bytes of a CSV or parquet file.
        name: its path, for messages.
        config: its columns.

    Raises:
        PipelineError: a column is missing, or, when the rows are iterated, a row has no path or label, an unknown
            split, or a bad weight.
    """
    optional = {"split": config.split, "group": config.group, "weight": config.weight}
    columns = {"path": config.path, "label": config.label, **{key: one for key, one in optional.items() if one}}
    table = read_table(data, name, list(columns.values()))
    if not table.rows:
        raise PipelineError(f"{name} has no rows")
    place = list(columns).index("split") if "split" in columns else None
    splits = {} if place is None else named_splits({values[place].strip() for values in table.rows})
    rows = (
        _row(f"{name}, {table.unit} {number}", dict(zip(columns, values, strict=True)), splits)
        for number, values in zip(table.numbers, table.rows, strict=True)
    )
    return rows, table.further


def _row(where: str, values: dict[str, str], splits: dict[str, Split]) -> TableRow:
    stripped = {key: value.strip() for key, value in values.items()}
    for key in ("path", "label"):
        if not stripped[key]:
            raise PipelineError(f"{where}: the {key} is empty; fill it or remove the row")
    split = stripped.get("split", "")
    if split and split not in splits:
        raise PipelineError(f"{where}: {split!r} is no split; write train, validation or test, or nothing")
    weight = _weight(where, stripped["weight"]) if "weight" in stripped else 1.0
    group = stripped.get("group") or None
    return TableRow(where, values["path"], stripped["label"], splits.get(split), group, weight)


def _weight(where: str, text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        weight = math.nan
    if not SMALLEST_WEIGHT <= weight <= LARGEST_WEIGHT:  # false for NaN too
        raise PipelineError(
            f"{where}: the weight {text!r} is not a number from {SMALLEST_WEIGHT:g} to {LARGEST_WEIGHT:g}; remove the "
            "row of an image that should not count"
        )
    return weight

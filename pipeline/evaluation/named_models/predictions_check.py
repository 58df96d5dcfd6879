"""Whether the columns of a predictions table hold what they must."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from pipeline.base.errors import PipelineError
from pipeline.base.printable import printable
from pipeline.evaluation.predictions_table import PROBABILITY

SPLITS = ("train", "validation", "test")
SHOWN = 60  # characters of a value in a message


def check_predictions(table: pd.DataFrame, name: str, classes: Sequence[str]) -> None:
    """Refuse a predictions table with values from which no figure can be computed.

    Args:
        table: columns of a predictions table, as `read_predictions` reads them; those that it lacks are not checked.
        name: of the table, for errors.
        classes: class names in index order.

    Raises:
        PipelineError: a column has another type, or a value that cannot be; the sentence names the first one.
    """
    rules: list[tuple[Sequence[str], str, Callable[[pd.Series], NDArray[np.bool_]]]] = [
        (("path", "digest"), "text", _is_text),
        (("label", "predicted"), f"one of the table's {len(classes)} classes", lambda values: _is_in(values, classes)),
        (("split",), ", ".join(SPLITS), lambda values: _is_in(values, SPLITS)),
        (("correct",), "true or false", _is_bool),
        (("loss",), "a finite number, 0 or more", lambda values: _is_number(values, 0, np.finfo(np.float64).max)),
        (("confidence",), "a number from 0 to 1", lambda values: _is_number(values, 0, 1)),
        (("rank",), f"a whole number from 1 to {len(classes)}", lambda values: _is_whole(values, 1, len(classes))),
        (("position",), "a whole number, 0 or more", lambda values: _is_whole(values, 0, np.iinfo(np.int64).max)),
        ([f"{PROBABILITY}{one}" for one in classes], "a number from 0 to 1", lambda values: _is_number(values, 0, 1)),
    ]
    for columns, wanted, is_right in rules:
        for column in columns:
            if column in table:
                _refuse_first(table[column], name, wanted, is_right)


def _refuse_first(
    values: "pd.Series", name: str, wanted: str, is_right: Callable[["pd.Series"], NDArray[np.bool_]]
) -> None:
    right = is_right(values)
    if not right.all():
        row = int(np.argmin(right))
        value = values.iloc[row]
        shown = "no value" if _is_missing(value) else repr(printable(str(value)))[:SHOWN]
        raise PipelineError(
            f"{printable(name)} is no table of evaluate's predictions: its column {printable(str(values.name))!r} has "
            f"{shown} in row {row + 1}, not {wanted}"
        )


def _is_missing(value: object) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or value != value  # NaN  # noqa: PLR0124


def _is_text(values: "pd.Series") -> NDArray[np.bool_]:
    return np.fromiter((isinstance(value, str) for value in values), np.bool_, len(values))


def _is_in(values: "pd.Series", known: Sequence[str]) -> NDArray[np.bool_]:
    names = set(known)
    return np.fromiter((isinstance(value, str) and value in names for value in values), np.bool_, len(values))


def _is_bool(values: "pd.Series") -> NDArray[np.bool_]:
    if is_bool_dtype(values) and not values.hasnans:
        return np.ones(len(values), np.bool_)
    return np.fromiter((isinstance(value, bool) for value in values), np.bool_, len(values))


def _is_number(values: "pd.Series", low: float, high: float) -> NDArray[np.bool_]:
    if not is_numeric_dtype(values) or is_bool_dtype(values):
        return np.zeros(len(values), np.bool_)
    numbers = values.to_numpy(np.float64, na_value=np.nan)
    return (numbers >= low) & (numbers <= high + 1e-6)  # float32 may round a probability of 1 up


def _is_whole(values: "pd.Series", low: int, high: int) -> NDArray[np.bool_]:
    numbers = _is_number(values, low, high)
    return numbers & (values.to_numpy(np.float64, na_value=np.nan) % 1 == 0) if numbers.any() else numbers

"""A predictions table read from its file."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from pipeline.base.errors import PipelineError
from pipeline.base.printable import printable
from pipeline.evaluation.named_models.predictions_check import check_predictions
from pipeline.evaluation.predictions_table import PROBABILITY

NEEDED = ("path", "digest", "label", "predicted", "confidence", "correct", "loss")
WANTED = (*NEEDED, "split")
NEEDED_FOR_SCORES = ("rank", "position")
LEAST_CLASSES = 2
ROW_NAMES = "__index_level_"  # how pandas begins a column of rows' names


def read_predictions(file: Path, name: str, whole: bool = False) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the rows of a predictions table, and its class names in index order.

    Args:
        file: a predictions.parquet of any version of `evaluate`.
        name: of the table, for errors.
        whole: with the probabilities and all other columns, and a column `split` in any case.

    Raises:
        PipelineError: there is no such file, it is no predictions table, a value cannot be, or it has no test images.
    """
    import pyarrow.parquet as pq

    if file.is_dir():
        raise PipelineError(f"{printable(name)} is a folder, not a predictions.parquet")
    try:
        with pq.ParquetFile(file) as parquet:
            columns = parquet.schema_arrow.names
            classes = _classes(columns, name, NEEDED + NEEDED_FOR_SCORES * whole)
            wanted = [one for one in columns if not one.startswith(ROW_NAMES)] if whole else WANTED
            table: pd.DataFrame = parquet.read([one for one in wanted if one in columns]).to_pandas(
                ignore_metadata=True
            )
    except PipelineError:
        raise
    except FileNotFoundError:
        raise PipelineError(f"there is no file {printable(name)}") from None
    except Exception as error:  # pyarrow's, OSError, or Python's for a date or time zone that it does not know
        reason = str(error).partition("\n")[0].rstrip(".")
        raise PipelineError(f"{printable(name)} cannot be read as a Parquet file: {printable(reason)}") from None
    check_predictions(table, name, classes)
    if not (table["split"] == "test").any() if "split" in table else table.empty:
        raise PipelineError(f"{printable(name)} has no test images")
    if whole and "split" not in table:
        table["split"] = "test"
    return table, classes


def _classes(columns: Sequence[str], name: str, needed: Sequence[str]) -> tuple[str, ...]:
    """Return the class names; raise a `PipelineError` if a column is missing or there twice."""
    missing = [column for column in needed if column not in columns]
    classes = tuple(column.removeprefix(PROBABILITY) for column in columns if column.startswith(PROBABILITY))
    if missing or len(classes) < LEAST_CLASSES:
        lacking = f"the column {missing[0]!r}" if missing else "columns of class probabilities"
        raise PipelineError(f"{printable(name)} is no table of evaluate's predictions: it lacks {lacking}")
    if twice := [column for column, count in Counter(columns).items() if count > 1]:
        raise PipelineError(f"{printable(name)} has the column {printable(twice[0])!r} twice")
    return classes

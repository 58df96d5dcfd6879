"""What stages write, read so that a missing or damaged file is one sentence that says how to mend it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.base.errors import PipelineError, one_line
from pipeline.base.files import parse_json


class _Record(dict[str, Any]):
    """A JSON object that a stage wrote; asking for what it lacks says so in a sentence."""

    def __init__(self, values: Mapping[str, Any], path: Path, stage: str) -> None:
        super().__init__(values)
        self._path, self._stage = path, stage

    def __missing__(self, key: str) -> Any:
        raise PipelineError(f"{self._path} is damaged: it lacks {key!r}; {_cure(self._stage)}")


def read_stage_output(path: Path, stage: str) -> Any:
    """Read the JSON object that `stage` writes.

    Raises:
        PipelineError: it is missing, or no JSON object; later, a value that it lacks is asked for. The sentence names
            the stage to run.
    """
    values = parse_json(read_stage_text(path, stage), path, _cure(stage))
    if not isinstance(values, dict):
        raise PipelineError(f"{path} is damaged: it is no JSON object; {_cure(stage)}")
    return _Record(values, path, stage)


def read_stage_text(path: Path, stage: str) -> str:
    """Read the text that `stage` writes.

    Raises:
        PipelineError: it is missing, or no text; the sentence names the stage to run.
    """
    with whole_output(path, stage):
        return path.read_text(encoding="utf-8")


def read_stage_table(path: Path, stage: str, columns: list[str] | None = None) -> pd.DataFrame:
    """Read the table that `stage` writes, parquet or CSV.

    Args:
        path: of the table; a CSV file by its suffix.
        stage: that writes it.
        columns: to read; None: all.

    Raises:
        PipelineError: it is missing, no table, or lacks one of `columns`; the sentence names the stage to run.
    """
    with whole_output(path, stage):
        if path.suffix == ".csv":
            return pd.read_csv(path, usecols=columns)
        return pd.read_parquet(path, columns=columns)


@contextmanager
def whole_output(path: Path, stage: str) -> Iterator[None]:
    """Turn whatever a reader of `path` makes of a damaged file into a sentence.

    Raises:
        PipelineError: the file is missing, or the block failed.
    """
    if not path.is_file():
        raise PipelineError(f"{path} is missing; make it with: dvc repro {stage}")
    try:
        yield
    except (PipelineError, PermissionError):  # the command's last words are about the second one
        raise
    except UnicodeDecodeError:
        raise PipelineError(f"{path} is damaged: it is no text; {_cure(stage)}") from None
    except Exception as error:  # each library has its own
        raise PipelineError(f"{path} is damaged ({one_line(error, 150)}); {_cure(stage)}") from None


@contextmanager
def cured_by(stage: str) -> Iterator[None]:
    """Add to the sentence about a damaged output of `stage` how to get it back.

    Raises:
        PipelineError: the block raised one.
    """
    try:
        yield
    except PipelineError as error:
        raise PipelineError(f"{error}; {_cure(stage)}") from None


def _cure(stage: str) -> str:
    return f"bring it back with git checkout or dvc checkout, or make it with: dvc repro --force {stage}"

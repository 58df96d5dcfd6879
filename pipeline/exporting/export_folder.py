"""The folder that an export is written into: what must not be replaced there, and what an earlier export has left."""

import os
from collections.abc import Collection, Sequence
from pathlib import Path

from pydantic import TypeAdapter

from pipeline.base.errors import PipelineError, one_line
from pipeline.exporting.export_report import JSON, KERAS, ExportReport, ExportRow
from pipeline.runtime.model_spec import MEMBER


def check_folder(folder: Path, names: Sequence[str]) -> None:
    """Refuse a folder that cannot be written, or in which something else than an export would be replaced.

    Args:
        folder: gets a folder for each format; need not be there.
        names: of these folders.

    Raises:
        PipelineError: one of these.
    """
    try:
        _check_writable(folder)
        for name in names:
            _check_replaceable(folder / name)
    except OSError as error:
        raise PipelineError(f"cannot write into {folder}: {one_line(error)}; choose a folder with --output") from None


def _check_writable(folder: Path) -> None:
    place = folder.absolute()
    nearest = next(path for path in (place, *place.parents) if path.exists())
    if not nearest.is_dir():
        raise PipelineError(f"cannot write into {folder}: {nearest} is not a folder")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise PipelineError(f"cannot write into {folder}: the folder {nearest} cannot be written")


def _check_replaceable(place: Path) -> None:
    """Refuse what is neither an earlier export nor an empty folder."""
    if place.is_symlink():
        what = "is a symbolic link"
    elif place.exists() and not place.is_dir():
        what = "is a file"
    elif place.is_dir() and any(place.iterdir()) and not (place / MEMBER).is_file():
        what = f"has files but no {MEMBER}, so it is not an export"
    else:
        return
    raise PipelineError(f"{place} {what} and is not replaced; move it away, or choose another folder with --output")


def earlier_rows(folder: Path, digest: str, written: Collection[str]) -> list[ExportRow]:
    """Return the rows of the report in `folder` whose formats are still there as they were measured.

    Args:
        folder: of the export. No report there, or one that cannot be read: no rows.
        digest: of the model; a report of another one has no rows for this one.
        written: names of formats that have been written since.
    """
    file = folder / JSON
    try:
        report = TypeAdapter(ExportReport).validate_json(file.read_bytes())
        time = file.stat().st_mtime_ns
    except (OSError, ValueError):
        return []
    rows = report.rows if report.digest == digest else ()
    return [row for row in rows if row.format not in {KERAS, *written} and _is_older(folder / row.format, time)]


def _is_older(place: Path, time: int) -> bool:
    """Return whether an exported format is there that is not newer than `time`: an interrupted run may replace it."""
    return (place / MEMBER).is_file() and place.stat().st_mtime_ns <= time

"""Destinations refused before any work is done."""

import os
from collections.abc import Iterable
from pathlib import Path

from pipeline.base.errors import PipelineError
from pipeline.base.printable import printable


def check_destinations(destinations: Iterable[Path | None], images: Iterable[Path]) -> None:
    """Refuse files that cannot be written, or that would replace a photo or each other.

    Args:
        destinations: files to write; None is standard output.
        images: files to read.

    Raises:
        PipelineError: one is a folder, a device, in no folder that can be written, among the images, or there twice.
    """
    files = [file for file in destinations if file is not None]
    for file in files:
        if reason := _reason(file):
            raise PipelineError(f"cannot write {printable(str(file))}: {reason}")
    places = [os.path.realpath(file) for file in files]
    if len(set(places)) < len(places):
        raise PipelineError(f"{printable(str(files[0]))} is named twice as a file to write")
    if photos := {os.path.realpath(image) for image in images} & set(places):
        raise PipelineError(f"cannot write {printable(photos.pop())}: it is one of the photos")


def _reason(file: Path) -> str:
    """Return why the file cannot be written, or an empty string."""
    if os.path.isdir(file):  # noqa: PTH112 - Path.is_dir raises where a folder above cannot be read
        return "it is a folder"
    if file.exists() and not file.is_file():
        return "it is not a regular file"
    folder = next(parent for parent in file.absolute().parents if parent.exists())
    if not folder.is_dir():
        return f"{printable(str(folder))} is not a folder"
    return "" if os.access(folder, os.W_OK | os.X_OK) else f"the folder {printable(str(folder))} cannot be written"

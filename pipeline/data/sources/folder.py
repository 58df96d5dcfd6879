"""A folder of class subfolders, optionally inside train/, val/ and test/ folders."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from PIL import Image

from pipeline.base.errors import PipelineError
from pipeline.data.image_files import SUFFIXES, image_files
from pipeline.data.record import Record, Split

SPLIT_FOLDERS: dict[str, Split] = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
    "testing": "test",
}


def folder_records(path: Path) -> list[Record]:
    """List the image files under `path`, sorted by path; hidden files and other suffixes are skipped.

    Without split folders no record has a split. With them, images have the split of their folder; those in `train/`
    have none where `val/` or `test/` is absent, since the missing splits are taken from them.

    Raises:
        PipelineError: no such folder, split folders with others beside them, no class folders, a class
            without images, classes that only a validation or test folder has.
    """
    if not path.is_dir():
        what = "is a file, not a folder" if path.exists() else "does not exist"
        raise PipelineError(f"data.path={path} {what}; give the folder that holds one subfolder per class")
    groups = {child: SPLIT_FOLDERS.get(child.name.lower()) for child in _folders(path)}
    if groups and all(groups.values()):
        return _split_records(path, {child: split for child, split in groups.items() if split})
    others = sorted(child.name for child, split in groups.items() if not split)
    if "train" in groups.values() and len(others) < len(groups) - 1:
        raise PipelineError(
            f"data.path={path} has folders for splits and others beside them ({', '.join(others)}); "
            f"move those away, or the classes into one folder"
        )
    return list(_class_records(path, path, None))


def _split_records(path: Path, groups: dict[Path, Split]) -> list[Record]:
    given = set(groups.values())
    if "train" not in given:
        raise PipelineError(f"data.path={path} has {', '.join(sorted(given))} folders but no train folder")
    complete = len(given) == 3
    records: list[Record] = []
    for folder, split in groups.items():
        records += _class_records(path, folder, split if complete or split != "train" else None)
    known = {record.label for record in records if record.split in ("train", None)}
    untrained = sorted({record.label for record in records} - known)
    if untrained:
        raise PipelineError(f"data.path={path}: no training images for the classes {', '.join(untrained)}")
    return records


def _class_records(path: Path, folder: Path, split: Split | None) -> Iterator[Record]:
    classes = _folders(folder)
    if not classes:
        raise PipelineError(f"{folder} has no class subfolders; put each class's images in a folder named for it")
    for child in classes:
        label = _checked_name(child)
        files = list(_images(child))
        if not files:
            raise PipelineError(
                f"class folder {child} holds no images ({' '.join(sorted(SUFFIXES))}); fill it or remove it"
            )
        for file in files:
            yield Record(file.relative_to(path).as_posix(), label, split, partial(Image.open, file))


def _images(folder: Path) -> Iterator[Path]:
    for file in image_files(folder):
        for place in (file, *file.parents):
            if place == folder:
                break
            _checked_name(place)
        yield file


def _folders(path: Path) -> list[Path]:
    return sorted(child for child in path.iterdir() if child.is_dir() and not child.name.startswith("."))


def _checked_name(path: Path) -> str:
    try:
        path.name.encode("utf-8")
    except UnicodeEncodeError:
        raise PipelineError(f"the name of {os.fsencode(path)!r} is not valid UTF-8; rename it") from None
    return path.name

"""Every property by which the images of a predictions table can be grouped."""

from collections.abc import Container, Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from pipeline.evaluation.predictions_table import PROBABILITY
from pipeline.evaluation.slices.grouping import Grouping, number_groups, value_groups

UNEQUAL = 2.0  # training images of the largest class over those of the smallest, from which on classes are unlike
MOST_VALUES = 50  # different values of a column whose values are groups
TABLE = "table."  # prefix of the columns of the user's table
USED_OTHERWISE = {
    "width", "height", "brightness", "sharpness", "path", "digest", "position", "split", "label", "predicted",
    "confidence", "correct", "rank", "loss", "class_index", "verdict", "reason",
}  # fmt: skip
FREQUENCY = "training images of the class"
FOLDER = "folder of the file"
SIZE_NAME, SHAPE_NAME = "size", "width ÷ height"
BRIGHTNESS = ("darkest", "second darkest", "second brightest", "brightest")
SHARPNESS = ("least sharp", "second least sharp", "second sharpest", "sharpest")
SIZE = ("smallest", "second smallest", "second largest", "largest")
SHAPE = ("narrowest", "second narrowest", "second widest", "widest")
RARITY = ("rarest", "second rarest", "second most frequent", "most frequent")
PROPERTIES = {SIZE_NAME, SHAPE_NAME, FREQUENCY, FOLDER}  # names that are no column's


def image_groupings(table: pd.DataFrame, training_images: Mapping[str, int]) -> Iterator[Grouping]:
    """Yield a grouping for each property by which the images differ.

    They are brightness, sharpness, size and shape of the image, how many training images its class has (if these
    numbers differ by a factor of two), the folder that it is in, and each other column of the manifest with 2 to 50
    different values, or with numbers. A column of the user's table has its own name, with `table.` in front where
    another property has this name. Columns of lists or other values that cannot be compared are left out.

    Args:
        table: a predictions table's rows of one split.
        training_images: how many training images each class has.
    """
    found = [*_measured(table), _frequency(table, training_images), _folders(table)]
    others = [
        column
        for column in table.columns
        if column not in USED_OTHERWISE and not column.startswith(PROBABILITY)
    ]  # fmt: skip
    found += [_column(table[column], _shown(column, table.columns)) for column in others]
    yield from (grouping for grouping in found if grouping is not None)


def _shown(column: str, columns: Container[str]) -> str:
    """Return a column's name without the prefix of the user's table, unless something else is called that."""
    short = column.removeprefix(TABLE)
    return column if short in columns or short in USED_OTHERWISE or short in PROPERTIES else short


def _measured(table: pd.DataFrame) -> Iterator[Grouping | None]:
    for column, names in (("brightness", BRIGHTNESS), ("sharpness", SHARPNESS)):
        if column in table:
            yield number_groups(column, _numbers(table[column]), names)
    if {"width", "height"} <= set(table.columns):
        width, height = _numbers(table["width"]), _numbers(table["height"])
        yield number_groups(SIZE_NAME, width * height, SIZE, " pixels")
        with np.errstate(divide="ignore", invalid="ignore"):
            yield number_groups(SHAPE_NAME, np.round(width / height, 2), SHAPE)


def _frequency(table: pd.DataFrame, training_images: Mapping[str, int]) -> Grouping | None:
    """Group images by how many training images their class has, in quarters of the classes.

    Of classes that are about as large, the groups differ by which classes are in them, and by nothing else.
    """
    classes = np.array([float(count) for count in training_images.values()])
    if not len(classes) or classes.max() < UNEQUAL * classes.min():
        return None
    counts = table["label"].map(lambda label: training_images.get(label, 0))
    return number_groups(FREQUENCY, _numbers(counts), RARITY, quarters_of=classes)


def _folders(table: pd.DataFrame) -> Grouping | None:
    """Group images by their file's folder, without the parts of it that are the class."""
    folders = (str(path).rpartition("/")[0] for path in table["path"])
    short = [
        "/".join(part for part in folder.split("/") if part != label)
        for folder, label in zip(folders, table["label"], strict=True)
    ]
    return value_groups(FOLDER, pd.Series(short, table.index, dtype=object), MOST_VALUES)


def _column(values: "pd.Series", name: str) -> Grouping | None:
    if is_numeric_dtype(values) and not is_bool_dtype(values):
        return number_groups(name, _numbers(values))
    return value_groups(name, values, MOST_VALUES)


def _numbers(values: "pd.Series") -> NDArray[np.float64]:
    return pd.to_numeric(values, errors="coerce").to_numpy(np.float64, na_value=np.nan)

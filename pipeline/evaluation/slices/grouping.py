"""Images sorted into groups by one property: by its values, or by the quarters of its range of values."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

FEW_NUMBERS = 4  # different numbers that are each a group; more are cut into quarters
DIGITS = range(3, 18)  # significant ones of a limit between two quarters: as few as do; 17 write any number exactly
MOVED = 0.02  # share of the images that rounding a limit may move to another group
QUARTER = (0.2, 0.3)  # share of the images that a group must have to be called a quarter


@dataclass(frozen=True)
class Grouping:
    """Images sorted by one property.

    Attributes:
        column: the property, for people.
        values: of each group, what the images in it have in common, for people.
        codes: of each image, the place of its group in `values`, int64 (images,); -1: in none.
    """

    column: str
    values: Sequence[str]
    codes: NDArray[np.int64]


def value_groups(column: str, values: "pd.Series", most: int) -> Grouping | None:
    """Return a group for each value; those without one are a group too. None if fewer than 2, too many or lists.

    Args:
        column: the property, for people.
        values: of each image, as text or anything that can be written.
        most: values that there may be.
    """
    try:
        codes, found = pd.factorize(values.astype(object).where(values.notna(), None))
    except TypeError:  # lists or arrays: not hashable
        return None
    if not 2 <= len(found) + bool((codes < 0).any()) <= most:
        return None
    texts = [str(value) if str(value).strip() else "empty" for value in found]
    if (codes < 0).any():
        codes, texts = np.where(codes < 0, len(texts), codes), [*texts, "no value"]
    return Grouping(column, texts, codes.astype(np.int64))


def number_groups(
    column: str,
    numbers: NDArray[np.float64],
    names: Sequence[str] = ("lowest", "second", "third", "highest"),
    unit: str = "",
    quarters_of: NDArray[np.float64] | None = None,
) -> Grouping | None:
    """Return a group for each number if they are few, else quarters; None if all numbers are the same.

    Args:
        column: the property, for people.
        numbers: of each image; one without a finite number is in no group.
        names: of the quarters, such as `darkest`.
        unit: of the numbers, for people, beginning with a space.
        quarters_of: the numbers that are cut into quarters, if not those of the images.
    """
    known = np.isfinite(numbers)
    different = np.unique(numbers[known])
    if len(different) < 2:
        return None
    codes = np.full(len(numbers), -1, np.int64)
    if len(different) <= FEW_NUMBERS:
        codes[known] = np.searchsorted(different, numbers[known])
        return Grouping(column, [f"{_text(number)}{unit}" for number in _short(different.tolist())], codes)
    whole = numbers[known] if quarters_of is None else quarters_of
    edges = _edges(whole, different)
    codes[known] = np.searchsorted(edges, numbers[known], side="right")
    ranges = _ranges(edges, unit)
    shares = np.bincount(np.searchsorted(edges, whole, side="right"), minlength=len(ranges)) / len(whole)
    if len(ranges) == len(names) and _are_quarters(shares):
        ranges = [f"{name} quarter, {text}" for name, text in zip(names, ranges, strict=True)]
    return Grouping(column, ranges, codes) if len(ranges) > 1 else None


def _edges(numbers: NDArray[np.float64], different: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the limits between quarters; there may be fewer than 3, where many numbers are the same.

    They are rounded to so few digits that they still divide the images as the exact quartiles do. So the digits
    follow from how far apart the numbers are, not from how large they are.
    """
    ordered, quartiles = np.sort(numbers), np.quantile(numbers, [0.25, 0.5, 0.75])
    below = np.searchsorted(ordered, quartiles)
    for digits in DIGITS:
        rounded = np.array([float(f"{edge:.{digits}g}") for edge in quartiles])
        if (np.abs(np.searchsorted(ordered, rounded) - below) <= MOVED * len(ordered)).all():
            break
    return np.unique(rounded[(rounded > different[0]) & (rounded <= different[-1])])


def _are_quarters(shares: NDArray[np.float64]) -> bool:
    return bool((shares >= QUARTER[0]).all() and (shares <= QUARTER[1]).all())


def _ranges(edges: NDArray[np.float64], unit: str) -> list[str]:
    if not len(edges):
        return ["all"]
    written = [_text(edge) for edge in edges.tolist()]
    between = [f"{low} to {high}{unit}" for low, high in pairwise(written)]
    return [f"below {written[0]}{unit}", *between, f"{written[-1]}{unit} or more"]


def _short(numbers: Sequence[float]) -> Sequence[float]:
    """Return numbers without the digits that a person does not read, if they still differ."""
    short = [round(number, 6) if abs(number) >= 1e-3 else float(f"{number:.4g}") for number in numbers]
    return short if len(set(short)) == len(numbers) else numbers


def _text(number: float) -> str:
    """Return a number as a person writes it, with all its digits: no exponent for a usual size."""
    if number.is_integer() and abs(number) < 1e15:
        return f"{int(number):,}" if abs(number) >= 10_000 else str(int(number))  # a year has no comma
    return f"{Decimal(repr(number)):,f}" if 1e-3 <= abs(number) < 1e15 else repr(number)

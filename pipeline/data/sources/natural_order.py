"""Names in the order that people expect: 2 before 10, b before C."""

import re
import unicodedata
from functools import lru_cache
from typing import Any

DIGITS = re.compile(r"(\d+)")
NaturalKey = tuple[tuple[tuple[str | tuple[int, str], ...], ...], str]


def natural_key(path: str) -> NaturalKey:
    """Return a key that sorts names and paths in natural order, folder by folder.

    Digits (of any script) are compared as numbers, letters without regard to case. Names that differ in case or in
    leading zeros only are ordered by their characters, so that no two names are equal.

    Args:
        path: any string; `/` separates folders.

    Example:
        >>> sorted(["10", "9", "B", "a"], key=natural_key)
        ['9', '10', 'a', 'B']
    """
    return tuple(_name_key(name) for name in path.split("/")), path


@lru_cache(maxsize=4096)  # folders' names come again with each of their files
def _name_key(name: str) -> tuple[str | tuple[int, str], ...]:
    parts: list[Any] = DIGITS.split(name.casefold())  # text, digits, text, digits, …, text
    for index in range(1, len(parts), 2):
        parts[index] = _number_key(parts[index])
    return tuple(parts)


def _number_key(digits: str) -> tuple[int, str]:
    """Return the number of digits and the digits: Python's `int` refuses very long ones."""
    plain = digits if digits.isascii() else "".join(str(unicodedata.digit(digit)) for digit in digits)
    number = plain.lstrip("0")
    return len(number), number

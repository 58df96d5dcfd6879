"""Numbers as text."""

import math

NOTHING = "–"  # for an undefined figure


def counted(number: int, noun: str) -> str:
    """Return a number and its noun, such as `1 file`, `2,000 files` or `3 classes`."""
    plural = "es" if noun.endswith("s") else "s"
    return f"{number:,} {noun}{plural if number != 1 else ''}"


def share_text(value: float) -> str:
    """Return a share as a percentage; only 1 reads as 100% and only 0 as 0%."""
    if math.isnan(value):
        return NOTHING
    if value >= 0.9995:
        return "100%" if value >= 1 else ">99.9%"
    if value < 0.0005:
        return "0%" if value <= 0 else "<0.1%"
    return f"{value:.1%}"


def decimal_text(value: float) -> str:
    """Return a figure with three significant digits, four decimals at most."""
    if math.isnan(value):
        return NOTHING
    return f"{value:.4f}" if abs(value) < 0.1 else f"{value:.3f}" if abs(value) < 100 else f"{value:,.0f}"


def bytes_text(size: int) -> str:
    """Return a size in decimal units, such as `2.4 MB`."""
    value, units = float(size), iter(("bytes", "kB", "MB"))
    unit = next(units)
    while value >= 999.5 and unit != "GB":
        value, unit = value / 1000, next(units, "GB")
    return f"{value:.0f} {unit}" if unit == "bytes" or value >= 99.5 else f"{value:.1f} {unit}"


def rounded_text(number: float) -> str:
    """Return a large number in words, such as `1.6 million`; below 10,000 all its digits."""
    for size, word in ((1e9, "billion"), (1e6, "million")):
        if number >= 0.9995 * size:
            return f"{number / size:,.3g} {word}" if number < 999.5 * size else f"{number / size:,.0f} {word}"
    return f"{number:,.0f}"

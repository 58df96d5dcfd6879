"""Numbers as texts that do not hide a difference."""

MOST_DIGITS = 17  # significant ones; they tell any two floats apart
LARGE = 10_000  # numbers from here on need no decimals
DECIMALS = 4


def apart(value: float, limit: float) -> tuple[str, str]:
    """Return two numbers as texts that differ if the numbers do, so that 0.89999 does not read as 0.9.

    Args:
        value: gets four decimals (none if it is large or a whole number above 1), or as many digits as it takes; only
            below 1 may they be with an exponent.
        limit: as it was typed.
    """
    whole = abs(value) >= LARGE or (abs(value) > 1 and value == int(value))
    digits = 0 if whole else DECIMALS
    text = f"{value:,.{digits}f}"
    while _side(_number(text), limit) != _side(value, limit) and digits <= MOST_DIGITS:
        text = f"{value:,.{digits}f}" if abs(value) > 1 else f"{value:.{digits}g}"
        digits += 1
    return text, _as_typed(limit)


def _as_typed(limit: float) -> str:
    text = f"{limit:,.12g}"
    return text if _number(text) == limit else repr(limit)


def _number(text: str) -> float:
    return float(text.replace(",", ""))


def _side(value: float, limit: float) -> int:
    return (value > limit) - (value < limit)

"""The one exception that a user is meant to read, and how messages are worded."""

import difflib
from collections.abc import Iterable


class PipelineError(Exception):
    """Bad input or a bad state, in one sentence: what is wrong, where, what to do."""


def one_line(error: BaseException, length: int = 300) -> str:
    """Return the message of `error` on one line of at most `length` characters."""
    return " ".join(str(error).split())[:length]


def nearest(word: str, options: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the option that `word` is most likely a misspelling of, or None.

    Args:
        word: what was typed.
        options: what could have been meant.
        cutoff: least similarity, from 0 to 1 (as in `difflib.get_close_matches`).
    """
    return next(iter(difflib.get_close_matches(word, list(options), n=1, cutoff=cutoff)), None)


def did_you_mean(guess: str | None) -> str:
    """Return ` (did you mean 'x'?)`, or an empty string if there is no guess."""
    return f" (did you mean {guess!r}?)" if guess else ""

"""How messages to the user are worded; and the exception that carries them, which also travels with a model."""

import difflib
from collections.abc import Iterable

from pipeline.runtime.pipeline_error import PipelineError, one_line

__all__ = [
    "DamagedStateError",
    "PipelineError",
    "StoreError",
    "UntrainableError",
    "did_you_mean",
    "nearest",
    "one_line",
]


class StoreError(PipelineError):
    """The store of tracked runs cannot be asked: its server does not answer, or its database is broken."""


class DamagedStateError(PipelineError):
    """The saved state of long work is damaged: nothing can be concluded from it."""


class UntrainableError(PipelineError):
    """A network cannot be trained with its recipe: repeating the training ends in the same way."""


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

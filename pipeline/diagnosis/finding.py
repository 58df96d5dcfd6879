"""What a check found."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"  # something to know, or that is slower, larger or less safe than it could be
    PROBLEM = "problem"  # something fails, or is going to be lost


@dataclass(frozen=True)
class Finding:
    """What a check found.

    Attributes:
        about: what was checked, in a word or two.
        verdict: how bad it is.
        text: what was found, in a sentence without a full stop.
        command: what to type to mend it; None: nothing to mend, or the text says what to do.
        mend: mends it without risk and returns what it did; None: only the reader can.
    """

    about: str
    verdict: Verdict
    text: str
    command: str | None = None
    mend: Callable[[], str] | None = None


def fine(about: str, text: str) -> Finding:
    """Return a finding that nothing is wrong."""
    return Finding(about, Verdict.OK, text)


def warning(about: str, text: str, command: str | None = None, mend: Callable[[], str] | None = None) -> Finding:
    """Return a finding that the reader should know."""
    return Finding(about, Verdict.WARNING, text, command, mend)


def problem(about: str, text: str, command: str | None = None, mend: Callable[[], str] | None = None) -> Finding:
    """Return a finding that something fails or is going to be lost."""
    return Finding(about, Verdict.PROBLEM, text, command, mend)

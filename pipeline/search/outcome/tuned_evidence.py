"""How well founded a recommendation is, as the comment at the top of its file records it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

COMMENT = re.compile(r"^# ([\w ]+): (.*)$", re.MULTILINE)
RETRAINED = re.compile(r"(val_\w+|score) (-?[\d.]+)(?: ± [\d.]+)? over (\d+) seed")
ONE_TRIAL = re.compile(r"(val_\w+|score) (-?[\d.]+) in its trial")


@dataclass(frozen=True)
class Evidence:
    """What speaks for a recommended network.

    Attributes:
        question: score, data, limits and how accuracy and cost are weighed: what the search looked for, and in what.
        seeds: how many it was retrained with; 0 if it was not.
        score: mean over the seeds, or that of its trial, as a number of which higher is better; NaN if unknown.
    """

    question: tuple[str, str, str, str]
    seeds: int
    score: float

    @classmethod
    def of(cls, head: Mapping[str, str]) -> Self:
        """Return the evidence in the comment at the top of a file, by name."""
        retrained = RETRAINED.search(head.get("retrained", ""))
        found = retrained or ONE_TRIAL.search(head.get("score", ""))
        objective, score = (found[1], float(found[2])) if found else ("", float("nan"))
        seeds = int(retrained[3]) if retrained else 0
        question = (objective, head.get("data", ""), head.get("limits", ""), head.get("weighed", ""))
        return cls(question, seeds, -score if objective == "val_loss" else score)

    def answers_as(self, other: Self) -> bool:
        """Return whether both answer the same question, so that their scores can be compared."""
        return self.question == other.question

    def is_below(self, other: Self) -> bool:
        """Return whether `other` is better founded: retrained with more seeds, or with as many and a higher score."""
        return (self.seeds, self.score) < (other.seeds, other.score)


def read_head(text: str) -> dict[str, str]:
    """Return the comment at the top of a file that a search wrote, by name; empty for other files."""
    return dict(COMMENT.findall(text))

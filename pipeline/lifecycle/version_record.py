"""What a version's tags record of the gate's decision on it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.lifecycle.champion.champion_verdict import verdict_figures
from pipeline.lifecycle.champion.decision_tags import CRITERION, VERDICT

PASSED = ": passed"
FORCED = "forced.champion"  # tag of a version that was made the champion against the gate's decision: the reason
BY_HAND = "by_hand"  # the rule under which a person decides


@dataclass(frozen=True)
class VersionRecord:
    """The gate's decision on a version.

    Attributes:
        criteria: value, bound and verdict, by metric.
        missed: metrics of criteria that were missed.
        verdict: the comparison with the champion; None: there is no record of it.
    """

    criteria: Mapping[str, str]
    missed: list[str]
    verdict: Mapping[str, Any] | None

    def objection(self, *, champion: bool) -> str | None:
        """Return why the version should not be the champion, or None.

        Args:
            champion: whether there is one: without it, a version that was not compared has nothing against it.
        """
        if self.missed:
            return f"it misses the gate's {', '.join(self.missed)}"
        if not champion and (self.verdict is None or self.verdict.get("images") is None):
            return None
        if self.verdict is None:
            return "there is no record of a comparison with the champion"
        if self.verdict.get("promoted") or self.verdict.get("rule") == BY_HAND:
            return None
        return f"it did not become champion by the rule: {self.verdict.get('reason', 'unknown')}"

    @property
    def evidence(self) -> dict[str, Any]:
        """The comparison's figures, for the ledger."""
        return verdict_figures(self.verdict or {})


def version_record(tags: Mapping[str, str]) -> VersionRecord:
    """Return what a version's tags record.

    Args:
        tags: of the version.
    """
    criteria = {key.removeprefix(CRITERION): value for key, value in tags.items() if key.startswith(CRITERION)}
    try:
        verdict = dict(json.loads(tags[VERDICT])["verdict"])
    except (KeyError, ValueError, TypeError):
        verdict = None
    return VersionRecord(criteria, [name for name, text in criteria.items() if not text.endswith(PASSED)], verdict)

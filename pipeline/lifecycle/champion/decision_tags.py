"""The tags of a version that record the gate's decision on it, and those that the ledger keeps as evidence."""

from collections.abc import Mapping, Sequence

from pipeline.base.digests import SHORT, text_digest
from pipeline.registry.gate import Criterion
from pipeline.tracking.metric_names import accepted_names

CRITERION = "gate."  # prefix of the tags with the criteria, such as `gate.accuracy`: `0.9694, at least 0.9: passed`
PREFIX = "champion."  # of the tags about the verdict
VERDICT = "champion.decision"  # the verdict, and what it was about
COMPARISON = "champion.comparison"  # the verdict's reason, for people
EVIDENCE = {"git.commit": "commit", "git.dirty": "dirty", "data.digest": "data"}  # tags, by name in the ledger
ROLLBACK = "rollback"  # an action in the ledger
LONGEST_KEY = 250  # characters of a tag's key


def criteria_tags(criteria: Sequence[Criterion]) -> dict[str, str]:
    """Return the tags of a version that say what was measured, such as `gate.accuracy`: `0.9694, at least 0.9: passed`.

    Args:
        criteria: the gate's.
    """
    names = accepted_names(criterion.metric for criterion in criteria)
    return {_key(names[one.metric]): one.sentence for one in criteria}


def evidence_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Return what the ledger keeps of the tags of a run or a version.

    Args:
        tags: of the run or the version.
    """
    return {name: tags[tag] for tag, name in EVIDENCE.items() if tag in tags}


def _key(metric: str) -> str:
    """Return a tag's key for a criterion; one that is too long ends in a digest, so that no two become the same."""
    key = f"{CRITERION}{metric}"
    return key if len(key) <= LONGEST_KEY else f"{key[: LONGEST_KEY - SHORT - 1]}.{text_digest(key)[:SHORT]}"

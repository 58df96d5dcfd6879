"""Findings about images that are the same, by the digests of their pixels."""

from collections.abc import Iterator

import pandas as pd

from pipeline.config.schema.audit_schema import AuditConfig
from pipeline.data.audit.cases import group_cases

TRUST = {"test": 2, "validation": 1}  # of two copies, the one in the split of the higher number is kept


def trust(side: str) -> int:
    """Return how much a copy in this given split is to be kept: test before validation before training."""
    return TRUST.get(side, 0)


def duplicate_findings(images: pd.DataFrame, config: AuditConfig) -> Iterator[pd.DataFrame]:
    """Yield the cases of label_conflict, split_leak and exact_duplicate.

    Args:
        images: the readable rows of the manifest, with digest, label and side (the given split; '' where the source
            gives none).
        config: actions.
    """
    copies = images[images.duplicated("digest", keep=False)]
    groups = [group for _, group in copies.groupby("digest", sort=False)]
    yield _conflicts([group for group in groups if group["label"].nunique() > 1], config.label_conflict)
    yield _leaks([group for group in groups if group["side"].nunique() > 1], config.split_leak)
    within = copies.groupby(["digest", "label", "side"], sort=False)
    yield _repeats([group for _, group in within if len(group) > 1], config.exact_duplicate)


def _conflicts(groups: list[pd.DataFrame], action: str) -> pd.DataFrame:
    reasons = [f"the same pixels are in the classes {_listed(group['label'])}" for group in groups]
    return group_cases("label_conflict", _rows(groups), reasons, [[True] * len(group) for group in groups], action)


def _leaks(groups: list[pd.DataFrame], action: str) -> pd.DataFrame:
    reasons = [f"the same pixels are in {_listed(group['side'])}" for group in groups]
    removable = [[trust(side) < max(map(trust, group["side"])) for side in group["side"]] for group in groups]
    return group_cases("split_leak", _rows(groups), reasons, removable, action)


def _repeats(groups: list[pd.DataFrame], action: str) -> pd.DataFrame:
    reasons = [f"the same pixels {len(group)} times" for group in groups]
    removable = [[number > 0 for number in range(len(group))] for group in groups]
    return group_cases("exact_duplicate", _rows(groups), reasons, removable, action)


def _rows(groups: list[pd.DataFrame]) -> list[list[int]]:
    return [[int(row) for row in group.index] for group in groups]


def _listed(names: pd.Series) -> str:
    return " and ".join(dict.fromkeys(names))

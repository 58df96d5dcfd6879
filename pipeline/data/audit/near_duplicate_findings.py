"""Findings about images that are nearly the same."""

from collections import defaultdict
from collections.abc import Collection, Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.config.schema.audit_schema import AuditConfig
from pipeline.data.audit.cases import dropped_rows, group_cases
from pipeline.data.audit.duplicate_findings import split_priority
from pipeline.data.audit.similarity.near_duplicates import near_duplicates

NEAR = ("near_label_conflict", "near_split_leak", "near_duplicate")


def near_duplicate_pairs(images: pd.DataFrame, thumbnails: NDArray[np.uint8], config: AuditConfig) -> pd.DataFrame:
    """Return a row for each pair, most similar first: its rows a < b in the manifest, and labels and sides of both.

    Of exact copies in one class and split, the first is compared only. No pairs if their findings are ignored.

    Args:
        images: the readable rows of the manifest, with picture, label and side.
        thumbnails: of each of them, uint8 (n, SIDE, SIDE, 3).
        config: actions.
    """
    if all(getattr(config, name) == "ignore" for name in NEAR):
        images = images.iloc[:0]
    return _pairs(images, thumbnails[: len(images)])


def near_duplicate_findings(
    pairs: pd.DataFrame, images: pd.DataFrame, dropped: Collection[int], config: AuditConfig
) -> Iterator[pd.DataFrame]:
    """Yield the cases of near_label_conflict, near_split_leak and near_duplicate.

    A pair with two labels or in two splits is a case; pairs within a class and split are joined to groups. What is
    dropped already is in none.

    Args:
        pairs: as `near_duplicate_pairs` returns them.
        images: the readable rows of the manifest, with width and height.
        dropped: rows that other findings drop.
        config: actions.
    """
    pairs = _without(pairs, dropped)
    other_label, other_side = pairs["label_a"] != pairs["label_b"], pairs["side_a"] != pairs["side_b"]
    across = [_conflicts(pairs[other_label], config.near_label_conflict)]
    across.append(_leaks(pairs[other_side], config.near_split_leak))
    yield from across
    within = _without(pairs[~other_label & ~other_side], dropped_rows(across))
    yield _groups(within, images["width"] * images["height"], config.near_duplicate)


def remaining_pairs(pairs: pd.DataFrame, kept: "pd.Series[str]") -> NDArray[np.int64]:
    """Return the rows of near duplicates that are left when images were dropped, int64 (m, 2).

    Of exact copies, the first that is left stands for all.

    Args:
        pairs: as `near_duplicate_pairs` returns them.
        kept: pictures of the images that are left, by their rows in the manifest.
    """
    first = kept.drop_duplicates()
    rows = pd.Series(first.index, first.to_numpy())
    ends = [pairs[column].map(rows) for column in ("picture_a", "picture_b")]
    both = ends[0].notna() & ends[1].notna()
    return np.stack([end[both].to_numpy(np.int64) for end in ends], axis=1)


def _pairs(images: pd.DataFrame, thumbnails: NDArray[np.uint8]) -> pd.DataFrame:
    copies = images.groupby(["picture", "label", "side"], sort=False).ngroup().to_numpy(np.int64)
    found = near_duplicates(thumbnails, copies)
    order = np.argsort(-found.similarity, kind="stable")
    columns = images[["label", "side", "picture"]]
    one, other = columns.iloc[found.first[order]], columns.iloc[found.second[order]]
    pairs = pd.DataFrame({"a": one.index, "b": other.index, "mirrored": found.mirrored[order]})
    for column in ("label", "side", "picture"):
        pairs[f"{column}_a"], pairs[f"{column}_b"] = one[column].to_numpy(), other[column].to_numpy()
    return pairs[pairs["picture_a"] != pairs["picture_b"]]


def _without(pairs: pd.DataFrame, dropped: Collection[int]) -> pd.DataFrame:
    return pairs[~(pairs["a"].isin(dropped) | pairs["b"].isin(dropped))]


def _conflicts(pairs: pd.DataFrame, action: str) -> pd.DataFrame:
    both = zip(pairs["mirrored"], pairs["label_a"], pairs["label_b"], strict=True)
    reasons = [f"{_way(mirrored)}, in {one} and {other}" for mirrored, one, other in both]
    return group_cases("near_label_conflict", _rows(pairs), reasons, [[True, True]] * len(pairs), action)


def _leaks(pairs: pd.DataFrame, action: str) -> pd.DataFrame:
    both = list(zip(pairs["mirrored"], pairs["side_a"], pairs["side_b"], strict=True))
    reasons = [f"{_way(mirrored)}, in {one} and {other}" for mirrored, one, other in both]
    removable = [
        [split_priority(one) < split_priority(other), split_priority(other) < split_priority(one)]
        for _, one, other in both
    ]
    return group_cases("near_split_leak", _rows(pairs), reasons, removable, action)


def _groups(pairs: pd.DataFrame, sizes: "pd.Series[int]", action: str) -> pd.DataFrame:
    """Return groups of images that are linked by pairs; an image can be removed if a kept one is near it.

    Larger images are kept first.
    """
    near: dict[int, list[int]] = defaultdict(list)
    for a, b in _rows(pairs):
        near[a].append(b)
        near[b].append(a)
    mirrored = {row for pair in _rows(pairs[pairs["mirrored"]]) for row in pair}
    groups = _linked(near)
    kept: set[int] = set()
    for row in sorted(near, key=lambda row: (-int(sizes[row]), row)):
        if not kept.intersection(near[row]):
            kept.add(row)
    reasons = [
        f"{len(group)} images that are nearly the same{', some mirrored' if mirrored.intersection(group) else ''}"
        for group in groups
    ]
    removable = [[row not in kept for row in group] for group in groups]
    return group_cases("near_duplicate", groups, reasons, removable, action)


def _linked(near: dict[int, list[int]]) -> list[list[int]]:
    groups, seen = [], set[int]()
    for start in sorted(near):
        if start in seen:
            continue
        group, waiting = [], [start]
        seen.add(start)
        while waiting:
            row = waiting.pop()
            group.append(row)
            fresh = [other for other in near[row] if other not in seen]
            seen.update(fresh)
            waiting += fresh
        groups.append(sorted(group))
    return groups


def _rows(pairs: pd.DataFrame) -> list[list[int]]:
    return [[int(a), int(b)] for a, b in zip(pairs["a"], pairs["b"], strict=True)]


def _way(mirrored: bool) -> str:
    return "mirrored" if mirrored else "nearly the same"

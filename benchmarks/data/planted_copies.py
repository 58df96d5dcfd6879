"""Altered copies of thumbnails, planted at known places."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.data.audit.similarity.near_duplicates import NearPairs

Levels = NDArray[np.float32]  # (n, SIDE, SIDE, 3), 0 to 255


def _noisy(levels: Levels) -> Levels:
    noise: Levels = np.random.default_rng(1).normal(0, 4, levels.shape).astype(np.float32)
    noisy: Levels = levels + noise
    return noisy


def _brighter(levels: Levels) -> Levels:
    brighter: Levels = np.float32(1.1) * levels + np.float32(5)
    return brighter


def _gray(levels: Levels) -> Levels:
    return np.repeat(levels.mean(axis=3, keepdims=True), 3, axis=3)


def _shifted(levels: Levels) -> Levels:
    """Shift by a quarter of a pixel, as a crop of 3% does at the border."""
    right: Levels = np.concatenate([levels[:, :, 1:], levels[:, :, -1:]], axis=2)
    return np.float32(0.75) * levels + np.float32(0.25) * right


def _mirrored(levels: Levels) -> Levels:
    return _noisy(levels[:, :, ::-1])


KINDS: dict[str, Callable[[Levels], Levels]] = {
    "noise": _noisy,
    "brighter": _brighter,
    "gray": _gray,
    "shifted": _shifted,
    "mirrored": _mirrored,
}


@dataclass(frozen=True)
class PlantedCopies:
    """Where copies stand: rows of originals and of copies, by kind, int64 (copies,) each."""

    rows: dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]]

    def found(self, pairs: NearPairs) -> dict[str, float]:
        """Return the share of each kind that is among the pairs, with the right orientation."""
        reported = set(zip(pairs.first.tolist(), pairs.second.tolist(), pairs.mirrored.tolist(), strict=True))
        shares = {}
        for kind, (originals, copies) in self.rows.items():
            ends = zip(np.minimum(originals, copies).tolist(), np.maximum(originals, copies).tolist(), strict=True)
            hits = [(first, second, kind == "mirrored") in reported for first, second in ends]
            shares[kind] = sum(hits) / len(hits)
        return shares


def plant_copies(thumbnails: NDArray[np.uint8], count: int) -> PlantedCopies:
    """Overwrite `count` random thumbnails, uint8 (n, SIDE, SIDE, 3), with copies of others, as many of each kind."""
    rows = np.random.default_rng(2).permutation(len(thumbnails))[: 2 * count]
    parts = zip(np.array_split(rows[:count], len(KINDS)), np.array_split(rows[count:], len(KINDS)), strict=True)
    planted = dict(zip(KINDS, parts, strict=True))
    for kind, (originals, copies) in planted.items():
        altered = KINDS[kind](thumbnails[originals].astype(np.float32))
        thumbnails[copies] = np.clip(np.rint(altered), 0, 255).astype(np.uint8)
    return PlantedCopies(planted)

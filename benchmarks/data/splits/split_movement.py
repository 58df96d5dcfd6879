"""How many old images each method of splitting moves when 1% is added, and how uneven its splits are.

    python -m benchmarks.data.splits.split_movement

Ten classes of the same number of images, 15% for validation and 15% for testing; 1% of each class's images, one at
least, is added. Every seed is another draw.
"""

import argparse
from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipeline.config.schema.data_schema import SplitConfig
from pipeline.data.splits.assignment import assign_splits
from pipeline.data.splits.moved_images import moved_images

CLASSES, FRACTION = 10, 0.15
SIZES = (5, 10, 20, 50, 100, 1000, 6000)


def main(seeds: int) -> str:
    """Return a table with a line for each number of images of a class and each method."""
    lines = [
        "| images of each class | added | method | old images moved: mean | most | test images of a class, % |",
        "| ---: | ---: | --- | ---: | ---: | ---: |",
    ]
    for size in SIZES:
        added = max(1, size // 100)
        for method in ("stable", "stratified"):
            moved, shares = zip(*(_compare(size, added, method, seed) for seed in range(seeds)), strict=True)
            old = size * CLASSES
            lines.append(
                f"| {size:,} | {added} | {method} | {np.mean(moved):.1f} of {old:,} ({np.mean(moved) / old:.2%}) | "
                f"{max(moved)} | {np.min(shares):.0%} – {np.max(shares):.0%} |"
            )
    return "\n".join(lines)


def _compare(size: int, added: int, method: str, seed: int) -> tuple[int, Sequence[float]]:
    """Return the number of old images that move, and the share of each class that is tested before."""
    random = np.random.default_rng(seed)
    digests = [random.bytes(32).hex() for _ in range((size + added) * CLASSES)]
    before, after = (_split(digests[: count * CLASSES], method, seed) for count in (size, size + added))
    shares = (before["split"] == "test").groupby(before["label"]).mean()
    return moved_images(before, after).moved, shares.tolist()


def _split(digests: Sequence[str], method: str, seed: int) -> pd.DataFrame:
    labels = [f"class {number % CLASSES}" for number in range(len(digests))]
    config = SplitConfig.model_validate({"method": method, "validation": FRACTION, "test": FRACTION, "seed": seed})
    splits = assign_splits(digests, labels, [None] * len(digests), config)
    return pd.DataFrame({"digest": digests, "label": labels, "split": splits})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20)
    print(main(parser.parse_args().seeds))

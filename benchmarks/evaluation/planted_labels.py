"""Wrong labels planted in the digits: how many of them the evaluation's list has, and how many of its images are right.

    python -m benchmarks.evaluation.planted_labels [--epochs N] [--shares 0.01 0.05] [--keep FOLDER]

It takes about ten minutes on two cores. For each share, the configured network is trained on labels of which that
share is wrong in every split; then several rules look for them among the test and the training images. `first N` is
the share of wrong labels among as many images at the top of the list as there are wrong labels.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.evaluation.planted_digits import planted_predictions
from benchmarks.stage_times import ROOT
from pipeline.base.tensorflow_import import import_tensorflow
from pipeline.config.compose import compose
from pipeline.config.parse import parse_config
from pipeline.evaluation.label_errors import likely_label_errors
from pipeline.evaluation.predictions_table import PROBABILITY

COLUMNS = f"{'wrong':>7} {'split':<6} {'rule':<46}{'listed':>7}{'precision':>10}{'recall':>8}{'first N':>8}"
Rule = Callable[[pd.DataFrame, Sequence[str]], pd.DataFrame]


def main() -> None:
    """Print a line for each share of wrong labels, split and rule."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.evaluation.planted_labels",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--shares", type=float, nargs="+", default=[0.01, 0.05], help="of labels that are wrong")
    parser.add_argument("--seed", type=int, default=0, help="of the choice of wrong labels")
    parser.add_argument("--keep", type=Path, help="folder for the predictions, which are then not computed again")
    arguments = parser.parse_args()
    print(COLUMNS)
    for share in arguments.shares:
        table = kept_predictions(share, arguments.epochs, arguments.seed, arguments.keep)
        for split in ("test", "train"):
            for rule, found in RULES.items():
                print(ListScore.of(found(table, _classes(table)), table, split).line(share, split, rule), flush=True)


def kept_predictions(share: float, epochs: int, seed: int, folder: Path | None) -> pd.DataFrame:
    """Return the predictions for the digits with a share of wrong labels, read from `folder` if they are there."""
    file = folder / f"planted-{share:g}-{epochs}-{seed}.parquet" if folder else None
    if file and file.is_file():
        return pd.read_parquet(file)
    import_tensorflow()
    config = parse_config(compose(ROOT, ["data=digits", f"recipe.epochs={epochs}"]), "conf/")
    table = planted_predictions(config, share, seed)
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
        table.to_parquet(file, index=False)
    return table


@dataclass(frozen=True)
class ListScore:
    """How good a list of likely wrong labels is.

    Attributes:
        listed: images in it.
        precision: share of them that are wrong.
        recall: share of the wrong ones that are listed.
        first: share of wrong ones among as many images at its top as are wrong.
    """

    listed: int
    precision: float
    recall: float
    first: float

    @classmethod
    def of(cls, found: pd.DataFrame, table: pd.DataFrame, split: str) -> "ListScore":
        """Return the score of the list's images of one split."""
        rows = table[table["split"] == split]
        wrong = set(rows.loc[rows["label"] != rows["truth"], "path"])
        listed = found.loc[found["split"] == split, "path"].tolist()
        hits = [path in wrong for path in listed]
        return cls(
            len(listed), sum(hits) / max(1, len(hits)), sum(hits) / len(wrong), sum(hits[: len(wrong)]) / len(wrong)
        )

    def line(self, share: float, split: str, rule: str) -> str:
        """Return a line of the table."""
        figures = f"{self.listed:>7}{self.precision:>10.3f}{self.recall:>8.3f}{self.first:>8.3f}"
        return f"{share:>7.1%} {split:<6} {rule:<46}{figures}"


def _classes(table: pd.DataFrame) -> list[str]:
    return [str(column).removeprefix(PROBABILITY) for column in table if str(column).startswith(PROBABILITY)]


def _margins(table: pd.DataFrame, classes: Sequence[str]) -> pd.DataFrame:
    """Return every image whose label is not the most probable class, the largest margin first."""
    places = pd.Categorical(table["label"], categories=list(classes)).codes
    of_label = table[[f"{PROBABILITY}{name}" for name in classes]].to_numpy()[np.arange(len(table)), places]
    found = table.assign(of_label=of_label, margin=table["confidence"] - of_label)
    return found[found["margin"] > 0].sort_values("margin", ascending=False, kind="stable")


def _confident_learning(table: pd.DataFrame, classes: Sequence[str], limits_of: str = "") -> pd.DataFrame:
    """Return images that another class than the label is likely to be right for, by the rule of the paper.

    It must reach its threshold, the mean probability of the class over the images labelled so, of the same split or of
    `limits_of`. (The paper takes the most probable class that reaches its own; no more than these images are listed.)
    """
    parts = []
    for split, found in _margins(table, classes).groupby("split"):
        known = table[table["split"] == (limits_of or split)]
        limits = {name: known.loc[known["label"] == name, f"{PROBABILITY}{name}"].mean() for name in classes}
        parts.append(found[found["confidence"] >= found["predicted"].map(limits)])
    return pd.concat(parts)


RULES: dict[str, Rule] = {
    "the evaluation's list": likely_label_errors,
    "margin of 0.5 or more": lambda table, classes: _margins(table, classes).query("margin >= 0.5"),
    "margin of 0.3 or more": lambda table, classes: _margins(table, classes).query("margin >= 0.3"),
    "every wrong prediction, by margin": _margins,
    "confident learning, by margin": _confident_learning,
    "confident learning, by self-confidence": lambda table, classes: _confident_learning(table, classes).sort_values(
        "of_label", kind="stable"
    ),
    "confident learning, thresholds of validation": partial(_confident_learning, limits_of="validation"),
}

if __name__ == "__main__":
    main()

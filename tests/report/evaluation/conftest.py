"""Evaluations to make pages of, from tables of predictions."""

from dataclasses import dataclass, replace
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from pipeline.evaluation.calibration.reliability import reliability
from pipeline.evaluation.calibration.temperature_fit import TemperatureFit
from pipeline.evaluation.cost import ModelCost
from pipeline.evaluation.predictions_table import predictions_table
from pipeline.evaluation.robustness.robustness_scores import CorruptionScore, example_corruptions
from pipeline.evaluation.scores.class_counts import confusion_counts
from pipeline.evaluation.scores.class_scores import class_scores, undefined_classes
from pipeline.evaluation.scores.interval_estimate import Estimate
from pipeline.evaluation.scores.proportion import wilson
from pipeline.evaluation.scores.ranking_curves import class_curves, micro_curves
from pipeline.evaluation.scores.summary_scores import summary_scores
from pipeline.evaluation.shown.evaluation_gallery import ConfusedPair, EvaluationGallery, SuspectLabel
from pipeline.evaluation.shown.shown_image import ShownImage
from pipeline.evaluation.slices.worst_slices import worst_slices
from pipeline.report.evaluation.evaluation_content import EvaluationContent, ModelLineage
from pipeline.report.evaluation.evaluation_page import evaluation_page

VOID = {"meta", "img", "br", "wbr"}


class Page(HTMLParser):
    """What a browser makes of a page: its elements, and its texts without the style."""

    def __init__(self, text):
        super().__init__()
        self.source, self.elements, self.open, self.texts = text, [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.texts.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@dataclass
class Population:
    """Predictions for images of some classes."""

    classes: list[str]
    table: pd.DataFrame
    side: int
    channels: int

    def shown(self, row, evidence=True):
        one = self.table.iloc[row]
        picture = np.full((self.side, self.side, self.channels), 90, np.uint8)
        best = sorted(((name, float(one[f"p_{name}"])) for name in self.classes), key=lambda pair: -pair[1])[:3]
        heat = np.arange(9, dtype=np.float32).reshape(3, 3) if evidence else None
        truth = float(one[f"p_{one['label']}"])
        return ShownImage(one["path"], one["label"], "test", tuple(best), truth, picture, heat, best[0][0])


@pytest.fixture
def population():
    """Return what makes predictions for images: every `wrong`-th one is taken for the next class."""

    def make(classes=("cat", "dog", "owl"), images=60, wrong=5, side=32, channels=3, path="cats/{}.jpg"):
        truth = np.arange(images) % len(classes)
        predicted = np.where(np.arange(images) % wrong == 0, (truth + 1) % len(classes), truth) if wrong else truth
        rng = np.random.default_rng(0)
        probabilities = rng.random((images, len(classes))).astype(np.float32) * 0.3 / len(classes)
        probabilities[np.arange(images), predicted] += 0.7 + 0.2 * rng.random(images).astype(np.float32)
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        names = np.asarray(classes, dtype=object)
        rows = pd.DataFrame(
            {
                "path": [path.format(one) for one in range(images)],
                "digest": [f"{one:08x}" for one in range(images)],
                "position": np.arange(images),
                "label": names[truth],
                "class_index": truth,
                "split": "test",
                "brightness": np.linspace(20, 220, images),
            }
        )
        table = predictions_table(rows, probabilities, list(classes))
        return Population(list(classes), table, side, channels)

    return make


def gallery_of(people):
    wrong = np.flatnonzero(~people.table["correct"])
    shown = [people.shown(int(row)) for row in wrong[:4]]
    pairs = tuple(ConfusedPair(one.label, one.best[0][0], 1, 20, (one,)) for one in shown[:1])
    suspects = {"test": tuple(SuspectLabel(one, one.best[0][0], one.best[0][1]) for one in shown[:2]), "train": ()}
    return EvaluationGallery(tuple(shown), (people.shown(1, evidence=False),), pairs, suspects,
                             {"test": len(shown[:2]), "train": 0}, {"test": len(people.table), "train": 9})  # fmt: skip


@pytest.fixture
def content():
    """Return what turns predictions into all that a page shows."""

    def make(people, **changes):
        table, classes = people.table, people.classes
        scores, shape = class_scores(table, classes), (people.side, people.side, people.channels)
        pixels = np.full(shape, 90, np.uint8)
        found = EvaluationContent(
            title="googlenet on cats",
            introduction="A GoogLeNet.",
            facts={"Recipe": "quick"},
            lineage=ModelLineage("c0ffee", False, ("recipe.epochs=2", "data.path=my cats"), "", "run1", {"Data": "d1"}),
            classes=tuple(classes),
            image_size=shape,
            images=len(table),
            top_k=5,
            test_uses=(7, 5),
            scores=summary_scores(table, classes, 5),
            class_scores=scores,
            undefined=undefined_classes(scores),
            confusion=confusion_counts(table, classes),
            curves={classes[0]: class_curves(table, classes[0]), "micro average": micro_curves(table, classes)},
            history=pd.DataFrame({"epoch": [1, 2], "accuracy": [0.5, 0.9], "val_accuracy": [0.4, 0.8],
                                  "loss": [2.0, 0.5], "val_loss": [2.1, 0.6]}),
            saved_epoch=2,
            gallery=gallery_of(people),
            reliability=reliability(table),
            temperature=TemperatureFit(Estimate(1.25, 1.1, 1.4), 30, 0.5, 0.4, 0.06, 0.02),
            slices=worst_slices(table, dict.fromkeys(classes, 50)),
            slices_left_out=2,
            robustness=[CorruptionScore("none", 0, "as they are", 60, wilson(48, 60))]
            + [CorruptionScore("jpeg", one, f"quality {60 - 10 * one}", 60, wilson(48 - one, 60)) for one in (1, 2, 3)],
            examples={("none", 0): pixels, **example_corruptions(pixels)},
            cost=ModelCost(
                1_520_000, 30_900_000, 6_800_000, 6_000_000, "OpenVINO float32", 2, "a processor", 0.0031, 1480.4
            ),
        )  # fmt: skip
        return replace(found, **changes)

    return make


@pytest.fixture
def page():
    """Return what makes a page of an evaluation, as a browser reads it."""
    return lambda content: Page(evaluation_page(content))

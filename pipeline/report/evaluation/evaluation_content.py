"""What the page of an evaluation shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.evaluation.calibration.reliability import ReliabilityBin
from pipeline.evaluation.calibration.temperature_fit import TemperatureFit
from pipeline.evaluation.cost import ModelCost
from pipeline.evaluation.robustness.robustness_scores import CorruptionScore
from pipeline.evaluation.scores.interval_estimate import Estimate
from pipeline.evaluation.scores.ranking_curves import RankingCurves
from pipeline.evaluation.shown.evaluation_gallery import EvaluationGallery
from pipeline.evaluation.slices.worst_slices import Slice


@dataclass(frozen=True)
class ModelLineage:
    """Where a model comes from.

    Attributes:
        commit: git commit of the training, 'none' if there was no repository.
        dirty: whether code or conf/ differed from the commit; None if unknown.
        overrides: what was set besides conf/, in Hydra's grammar.
        experiment: name of the DVC experiment, or ''.
        run: id of the MLflow run.
        digests: of data, settings, model and test images, by what they are of.
    """

    commit: str
    dirty: bool | None
    overrides: tuple[str, ...]
    experiment: str
    run: str
    digests: Mapping[str, str]

    @classmethod
    def from_tags(
        cls, tags: Mapping[str, str], overrides: Sequence[str], run: str, digests: Mapping[str, str]
    ) -> "ModelLineage":
        """Return the lineage that a training's tags tell.

        Args:
            tags: of the training, as in run.json: git.commit, git.dirty, and dvc.experiment if it was one.
            overrides: of params.yaml.
            run: id of the MLflow run.
            digests: by what they are of.
        """
        dirty = {"true": True, "false": False}.get(tags["git.dirty"])
        return cls(tags["git.commit"], dirty, tuple(overrides), tags.get("dvc.experiment", ""), run, digests)


@dataclass(frozen=True)
class EvaluationContent:
    """All that the page shows; texts may hold anything.

    Attributes:
        title: such as `googlenet on digits`.
        introduction: what the model is, in a sentence or two.
        facts: labels and texts about model, training and data, in order.
        lineage: where the model comes from.
        classes: class names in index order.
        image_size: (height, width, channels) of an image as the network takes it, in pixels.
        images: number of test images.
        top_k: k of top-k accuracy.
        test_uses: in how many evaluations of how many models these test images were used; None if unknown.
        scores: figures of the test images, by their names in metrics.json.
        class_scores: a row per class: class, images, and precision, recall, f1, average_precision, roc_auc, each
            followed by NAME_low and NAME_high.
        undefined: classes whose figure is undefined, by figure.
        confusion: (classes, classes), row the true class, column the predicted one.
        curves: of several classes, by class; and `micro average`.
        history: a row per epoch: epoch, accuracy, val_accuracy, loss, val_loss.
        saved_epoch: whose weights were saved.
        gallery: images.
        reliability: how often predictions are right, by confidence.
        temperature: fitted on validation images; None if it cannot be.
        slices: worst first.
        slices_left_out: number of those with too few images.
        robustness: under corruptions, beginning with the images as they are; empty if left out.
        examples: one test image, uint8 (height, width, channels), by corruption and strength; strength 0 as it is.
        cost: of a prediction; None if it was not measured.
    """

    title: str
    introduction: str
    facts: Mapping[str, str]
    lineage: ModelLineage
    classes: tuple[str, ...]
    image_size: tuple[int, int, int]
    images: int
    top_k: int
    test_uses: tuple[int, int] | None
    scores: Mapping[str, Estimate]
    class_scores: pd.DataFrame
    undefined: Mapping[str, Sequence[str]]
    confusion: NDArray[np.int64]
    curves: Mapping[str, RankingCurves]
    history: pd.DataFrame
    saved_epoch: int
    gallery: EvaluationGallery
    reliability: Sequence[ReliabilityBin]
    temperature: TemperatureFit | None
    slices: Sequence[Slice]
    slices_left_out: int
    robustness: Sequence[CorruptionScore]
    examples: Mapping[tuple[str, int], NDArray[np.uint8]]
    cost: ModelCost | None

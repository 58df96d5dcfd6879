"""The contents of an evaluation's page, gathered from what the stages know."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.data.dataset import Dataset
from pipeline.data.record import SPLITS
from pipeline.evaluation.network_measures import NetworkMeasures
from pipeline.evaluation.scores.ranking_curves import RankingCurves, class_curves, micro_curves
from pipeline.evaluation.shown.evaluation_gallery import EvaluationGallery
from pipeline.evaluation.table_findings import TableFindings
from pipeline.report.evaluation.evaluation_content import EvaluationContent
from pipeline.report.evaluation.model.model_facts import introduction, model_facts
from pipeline.report.evaluation.model.trained_model import TrainedModel
from pipeline.report.evaluation.tables.class_table import worst_first

DRAWN = 4  # classes whose ROC and precision-recall curves are drawn, beside the micro average
MICRO = "micro average"


@dataclass(frozen=True)
class Evaluation:
    """All that an evaluation found.

    Attributes:
        table: the predictions table.
        findings: that follow from it.
        measures: of the network.
        gallery: images to look at.
        test_digest: SHA-256 of the test images.
        test_uses: in how many evaluations of how many models these test images were used; None if unknown.
    """

    table: pd.DataFrame
    findings: TableFindings
    measures: NetworkMeasures
    gallery: EvaluationGallery
    test_digest: str
    test_uses: tuple[int, int] | None


def evaluation_content(
    settings: Mapping[str, Any], dataset: Dataset, trained: TrainedModel, evaluation: Evaluation
) -> EvaluationContent:
    """Return what the page shows.

    Args:
        settings: of data, model and recipe, by their dotted keys.
        dataset: prepared data.
        trained: what the train stage left.
        evaluation: what was found.
    """
    findings, measures, info = evaluation.findings, evaluation.measures, dataset.info
    height, width, channels = info.shape
    test = evaluation.table[evaluation.table["split"] == "test"]
    saved = int(trained.metrics["best_epoch"])
    counts = dataset.manifest.loc[dataset.manifest["position"] >= 0, "split"].value_counts()
    by_split: dict[str, int] = {split: int(counts.get(split, 0)) for split in SPLITS}
    parameters = int(trained.metrics["parameters"])
    return EvaluationContent(
        title=f"{settings['model.name']} on {info.name}",
        introduction=introduction(parameters, info.classes, (height, width, channels), info.name),
        facts=model_facts(settings, trained.history, saved, trained.record.get("minutes"), by_split),
        lineage=trained.lineage(info.digest, evaluation.test_digest),
        classes=tuple(info.classes),
        image_size=(height, width, channels),
        images=len(test),
        top_k=findings.top_k,
        test_uses=evaluation.test_uses,
        scores=findings.scores,
        class_scores=findings.by_class,
        undefined=findings.undefined,
        confusion=findings.confusion,
        curves=_curves(test, findings, info.classes),
        history=trained.history,
        saved_epoch=saved,
        gallery=evaluation.gallery,
        reliability=findings.reliability,
        temperature=findings.temperature,
        slices=findings.slices,
        slices_left_out=findings.small_slices,
        robustness=measures.robustness,
        examples=measures.examples,
        cost=measures.cost,
    )


def _curves(test: pd.DataFrame, findings: TableFindings, classes: list[str]) -> dict[str, RankingCurves]:
    """Return the curves of the worst classes, and over all of them."""
    worst = [classes[place] for place in worst_first(findings.by_class)[:DRAWN]]
    drawn = [name for name in worst if name not in findings.undefined.get("average_precision", ())]
    return {name: class_curves(test, name) for name in drawn} | {MICRO: micro_curves(test, classes)}

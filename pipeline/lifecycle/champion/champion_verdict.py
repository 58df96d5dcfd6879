"""Whether a new version takes the champion's place: the verdict, and all that it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from math import isfinite
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.base.errors import PipelineError, StoreError
from pipeline.config.schema.pipeline_schema import Config
from pipeline.evaluation.comparison.paired_images import pair_images
from pipeline.lifecycle.champion.champion_predictions import champion_predictions
from pipeline.lifecycle.champion.champion_rule import MetricComparison, compare_metric, rule_verdict

DIGITS = 6  # significant ones of the figures


@dataclass(frozen=True)
class ChampionVerdict:
    """Whether a version becomes the champion.

    Attributes:
        promoted: whether it does.
        reason: in a sentence without a full stop.
        rule: of the settings; also metric and margin.
        version: number of the champion that it was compared with, or could not be; None: there was none.
        images: how many test images both were compared on; None: they were not compared.
        left_out: test images that the champion was trained or validated on, or that it lacks.
        champion_value: the champion's metric; value: the new version's.
        difference: new − champion; low and high are the limits of its 95% interval.
        p_value: of McNemar's exact test, for accuracy.
        better: whether the metric is shown to be better, by whatever margin.
        settled: whether it was found among the version's tags, not reached now; not recorded.
    """

    promoted: bool
    reason: str
    rule: str
    metric: str
    margin: float
    version: int | None = None
    images: int | None = None
    left_out: int | None = None
    champion_value: float | None = None
    value: float | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    better: bool = False
    settled: bool = field(default=False, compare=False)

    def record(self) -> dict[str, Any]:
        """Return it for JSON."""
        record = asdict(self)
        del record["settled"]
        return record

    def decided(self) -> dict[str, Any]:
        """Return it for the decision's file, which names no version: each store has its own numbers."""
        record = self.record()
        del record["version"]
        return record


DECIDED = {one.name for one in fields(ChampionVerdict)} - {"settled", "version"}  # keys in the decision's file


def verdict_figures(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a verdict rests on, for the ledger.

    Args:
        record: of a verdict.
    """
    left_out = ("promoted", "reason", "better")
    return {key: value for key, value in record.items() if value is not None and key not in left_out}


def verdict_without(config: Config, reason: str, *, promoted: bool, version: int | None = None) -> ChampionVerdict:
    """Return a verdict that rests on no comparison.

    Args:
        config: the settings.
        reason: of the verdict.
        promoted: whether the version becomes the champion.
        version: of the champion, if there is one.
    """
    rule = config.gate.champion
    return ChampionVerdict(promoted, reason, rule.rule, rule.metric, rule.margin, version)


def compared_verdict(
    version: int, table: pd.DataFrame, classes: Sequence[str], config: Config, root: Path
) -> ChampionVerdict:
    """Compare a new version with the champion on today's test images.

    Args:
        version: number of the champion.
        table: predictions table of the new version, with a column `split`.
        classes: its class names in index order.
        config: the settings.
        root: the project's folder.

    Raises:
        StoreError: the tracking server does not answer.
    """
    name, rule = config.tracking.registered_model, config.gate.champion
    test = table[table["split"] == "test"]
    try:
        champion = champion_predictions(f"models:/{name}/{version}", test, config, root)
        images = pair_images(champion.table, table, classes, classes, champion.fitted)
    except StoreError:
        raise
    except PipelineError as error:
        return verdict_without(config, f"not compared with the champion: {error}", promoted=False, version=version)
    compared = compare_metric(images, classes, rule.metric, len(test) - len(images))
    promoted, reason = rule_verdict(compared, rule)
    if compared.left_out:
        reason += f"; {compared.left_out:,} of {len(test):,} test images are left out, the champion was fitted on them"
    return _verdict(promoted, reason, version, compared, config)


def _verdict(promoted: bool, reason: str, version: int, compared: MetricComparison, config: Config) -> ChampionVerdict:
    figure, rule = compared.figure, config.gate.champion
    return ChampionVerdict(
        promoted, reason, rule.rule, rule.metric, rule.margin, version,
        images=compared.images,
        left_out=compared.left_out,
        champion_value=_rounded(figure.a),
        value=_rounded(figure.b),
        difference=_rounded(figure.difference.value),
        low=_rounded(figure.difference.low),
        high=_rounded(figure.difference.high),
        p_value=None if compared.p_value is None else _rounded(compared.p_value),
        better=compared.better_by(0.0),
    )  # fmt: skip


def _rounded(value: float) -> float | None:
    return float(f"{value:.{DIGITS}g}") if isfinite(value) else None

"""What a trial's network costs beside the configured one: computed, or measured once and kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.base.digests import json_digest
from pipeline.base.files import read_whole_json, write_json
from pipeline.base.locks.process_lock import process_lock
from pipeline.config.schema.model_schema import ModelConfig
from pipeline.config.schema.pipeline_schema import Config
from pipeline.config.schema.search_schema import TuneConfig
from pipeline.search.cost.trade import SCORE, cost_penalty
from pipeline.search.limits import CostLimits
from pipeline.search.space import apply_values

if TYPE_CHECKING:
    from pipeline.runtime.engine.openvino_engine import OpenVinoEngine

FOLDER = "latency"  # of the search's, with a file for each network that was measured
LATENCY, RELATIVE = "latency_ms", "relative_cost"


@dataclass(frozen=True)
class TrialCost:
    """What a network costs.

    Attributes:
        relative: its cost as a multiple of the configured network's.
        latency_ms: milliseconds for one image; None if the cost is not latency.
    """

    relative: float = 1.0
    latency_ms: float | None = None

    @property
    def configured_latency_ms(self) -> float | None:
        """The configured network's milliseconds for one image; None if the cost is not latency."""
        return None if self.latency_ms is None else self.latency_ms / self.relative

    def figures(self) -> dict[str, float]:
        """Return what is recorded with the trial: nothing of what can be computed from its values."""
        return {} if self.latency_ms is None else {LATENCY: self.latency_ms, RELATIVE: self.relative}

    @classmethod
    def recorded(cls, figures: Mapping[str, float]) -> "TrialCost | None":
        """Return the cost with these figures, None without."""
        if LATENCY not in figures or RELATIVE not in figures:
            return None
        return cls(figures[RELATIVE], figures[LATENCY])


AS_CONFIGURED = TrialCost()


class CostMeter:
    """Costs of the networks of one search.

    A latency is measured in turns with the configured network's: what slows the machine down for a while slows both.
    The configured network's is that of its first measurement in this search. So costs can be compared, whenever they
    were measured. A network is measured once, also if its trial is interrupted and resumes.

    Args:
        limits: of the search.
        folder: the search's.
    """

    def __init__(self, limits: CostLimits, folder: Path) -> None:
        self.limits, self.folder = limits, folder / FOLDER
        self._configured: OpenVinoEngine | None = None

    def cost(self, config: Config) -> TrialCost:
        """Return what a trial's network costs, without its training."""
        if self.limits.config.search.cost == "multiply_adds":
            return computed_cost(self.limits, self.limits.size_of(config)[1])
        file = self.folder / f"{_digest(config.model)}.json"
        with process_lock(self.folder / "lock", lambda _: None):  # workers of one machine measure one at a time
            if (known := _known(file)) is None:
                known = self._measure(config.model)
                write_json(file, known.figures())
        return known

    def _measure(self, model: ModelConfig) -> TrialCost:
        from pipeline.inference.engine.engine_timing import time_one_image
        from pipeline.search.cost.network_latency import ROUNDS, example_image, network_engine

        shape, classes, first = self.limits.shape, self.limits.classes, apply_values(self.limits.config, {}).model
        if self._configured is None:
            self._configured = network_engine(first, shape, classes)
        image, configured = example_image(shape), self._configured.probabilities
        file = self.folder / f"{_digest(first)}.json"
        if (reference := _known(file)) is None:
            reference = TrialCost(1.0, 1000 * time_one_image([configured], image, ROUNDS)[0])
            write_json(file, reference.figures())
        if _digest(model) == _digest(first):
            return reference
        engine = network_engine(model, shape, classes)
        one, other = time_one_image([engine.probabilities, configured], image, ROUNDS)
        return TrialCost(one / other, one / other * (reference.latency_ms or 0.0))


def weighed_figures(config: TuneConfig, cost: TrialCost, metrics: Mapping[str, float]) -> dict[str, float]:
    """Return what is recorded of an epoch besides its metrics: a measured cost, and the score if there is a trade.

    Args:
        config: the search.
        cost: of the network.
        metrics: of the epoch.
    """
    if config.search.trade is None:
        return cost.figures()
    return {**cost.figures(), SCORE: float(metrics[config.search.objective]) - cost_penalty(config, cost.relative)}


def computed_cost(limits: CostLimits, multiply_adds: int) -> TrialCost:
    """Return the cost of a network in multiply-adds, as they are counted."""
    return TrialCost(multiply_adds / limits.configured_size[1])


def _known(file: Path) -> TrialCost | None:
    """Return what was measured; None if it was not, or its file is damaged: it is measured again."""
    found: Any = read_whole_json(file)
    is_whole = isinstance(found, dict) and all(isinstance(number, float) and number > 0 for number in found.values())
    return TrialCost.recorded(found) if is_whole else None


def _digest(model: ModelConfig) -> str:
    from pipeline.search.cost.network_latency import as_predicted

    return json_digest(as_predicted(model).model_dump())

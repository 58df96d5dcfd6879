"""The gate: floors that a model's test metrics must reach to be registered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from math import isnan
from typing import Any

from pipeline.config.schema.pipeline_schema import GateConfig


@dataclass(frozen=True)
class FloorCheck:
    """One floor and what was measured."""

    metric: str
    floor: float
    value: float | None  # None: undefined, as the mean over no class is

    @property
    def passed(self) -> bool:
        """Whether the floor is reached."""
        return self.value is not None and self.value >= self.floor


def check_floors(gate: GateConfig, metrics: Mapping[str, Any]) -> list[FloorCheck]:
    """Return a check for each floor that is set, in the schema's order."""
    floors = gate.model_dump(exclude={"name"})
    return [FloorCheck(name, floor, _number(metrics[name])) for name, floor in floors.items() if floor is not None]


@dataclass(frozen=True)
class GoldenCheck:
    """How the answers for the golden batch differ from those that were recorded when the network was trained.

    Attributes:
        differences: largest difference of a probability, by the way in which the images were sent.
        tolerances: the largest that is allowed, by the same ways.
    """

    differences: Mapping[str, float]
    tolerances: Mapping[str, float]

    @property
    def failed(self) -> list[str]:
        """The ways whose answers differ too much; NaN does."""
        return [way for way, value in self.differences.items() if not value <= self.tolerances[way]]


def decision_text(checks: Sequence[FloorCheck], golden: GoldenCheck | None = None) -> str:
    """Return the gate's decision in one sentence.

    Args:
        checks: of the floors.
        golden: of the golden batch, where it was replayed.
    """
    reasons = [_miss(check) for check in checks if not check.passed]
    if golden is not None:
        reasons += [
            f"a probability of the golden batch differs by {golden.differences[way]:.3g} through {way}, more than "
            f"{golden.tolerances[way]:g}"
            for way in golden.failed
        ]
    if reasons:
        return f"not registered: {', '.join(reasons)}"
    if not checks:
        return "registered: the gate sets no floor"
    return "registered: " + ", ".join(f"{check.metric} {check.value:.4f} ≥ {check.floor:g}" for check in checks)


def _number(value: Any) -> float | None:
    return None if value is None or isnan(value) else float(value)


def _miss(check: FloorCheck) -> str:
    if check.value is None:
        return f"{check.metric} is undefined on these test images, so it does not reach its floor {check.floor:g}"
    return f"{check.metric} {_rounded_down(check.value)} is below its floor {check.floor:g}"


def _rounded_down(value: float) -> str:
    """Return a value that misses its floor, written so that it does not read as reaching it."""
    return str(Decimal(str(value)).quantize(Decimal("0.0001"), ROUND_FLOOR))

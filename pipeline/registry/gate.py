"""Floors that a model's test metrics must reach to be registered."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from pipeline.config.schema import GateConfig


@dataclass(frozen=True)
class Check:
    """One floor and what was measured."""

    metric: str
    floor: float
    value: float

    @property
    def passed(self) -> bool:
        """Whether the floor is reached."""
        return self.value >= self.floor


def checks(gate: GateConfig, metrics: Mapping[str, Any]) -> list[Check]:
    """Return a check for each floor that is set, in the schema's order."""
    floors = gate.model_dump(exclude={"name"})
    return [Check(name, floor, float(metrics[name])) for name, floor in floors.items() if floor is not None]


def verdict(made: list[Check]) -> str:
    """Return the gate's decision in one sentence."""
    failed = [check for check in made if not check.passed]
    if failed:
        told = ", ".join(
            f"{check.metric} {_floored(check.value)} is below its floor {check.floor:g}" for check in failed
        )
        return f"not registered: {told}"
    if not made:
        return "registered: the gate sets no floor"
    return "registered: " + ", ".join(f"{check.metric} {check.value:.4f} ≥ {check.floor:g}" for check in made)


def _floored(value: float) -> str:
    """Write a value that misses its floor so that it does not read as reaching it."""
    return str(Decimal(str(value)).quantize(Decimal("0.0001"), ROUND_FLOOR))

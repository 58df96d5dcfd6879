"""The gate: floors that a model's test metrics must reach to be registered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from pipeline.config.schema.pipeline_schema import GateConfig


@dataclass(frozen=True)
class FloorCheck:
    """One floor and what was measured."""

    metric: str
    floor: float
    value: float

    @property
    def passed(self) -> bool:
        """Whether the floor is reached."""
        return self.value >= self.floor


def check_floors(gate: GateConfig, metrics: Mapping[str, Any]) -> list[FloorCheck]:
    """Return a check for each floor that is set, in the schema's order."""
    floors = gate.model_dump(exclude={"name"})
    return [FloorCheck(name, floor, float(metrics[name])) for name, floor in floors.items() if floor is not None]


def decision_text(checks: Sequence[FloorCheck]) -> str:
    """Return the gate's decision in one sentence."""
    failed = [check for check in checks if not check.passed]
    if failed:
        reasons = ", ".join(
            f"{check.metric} {_rounded_down(check.value)} is below its floor {check.floor:g}" for check in failed
        )
        return f"not registered: {reasons}"
    if not checks:
        return "registered: the gate sets no floor"
    return "registered: " + ", ".join(f"{check.metric} {check.value:.4f} ≥ {check.floor:g}" for check in checks)


def _rounded_down(value: float) -> str:
    """Return a value that misses its floor, written so that it does not read as reaching it."""
    return str(Decimal(str(value)).quantize(Decimal("0.0001"), ROUND_FLOOR))

"""The gate: bounds on what was measured, which a model must keep to be registered."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isnan
from typing import Any, Literal

from pipeline.base.errors import PipelineError, did_you_mean, nearest
from pipeline.base.printable import printable
from pipeline.config.schema.gate_schema import CLASS, GateConfig
from pipeline.registry.decimals import apart

Bound = Literal["at least", "at most"]
NAMED = 8  # classes in a message


@dataclass(frozen=True)
class Criterion:
    """One bound and what was measured.

    Attributes:
        metric: its name; `class/NAME/recall` and the like for a class.
        bound: which side of the limit is right; the limit itself is.
        limit: in the metric's unit.
        value: that was measured; None: undefined, as the mean over no class is.
    """

    metric: str
    bound: Bound
    limit: float
    value: float | None

    @property
    def passed(self) -> bool:
        """Whether the bound is kept."""
        if self.value is None:
            return False
        return self.value >= self.limit if self.bound == "at least" else self.value <= self.limit

    @property
    def sentence(self) -> str:
        """Value, bound and verdict, such as `0.9694, at least 0.9: passed`."""
        verdict = "passed" if self.passed else "missed"
        return f"{'undefined' if self.value is None else self._texts[0]}, {self.bound} {self._texts[1]}: {verdict}"

    @property
    def outcome(self) -> str:
        """What a reader wants to know of it, such as `accuracy 0.9694 ≥ 0.9`."""
        metric, (value, limit) = printable(self.metric), self._texts
        kind, side = ("floor", "below") if self.bound == "at least" else ("ceiling", "above")
        if self.value is None:
            return f"{metric} is undefined on these test images, so it does not keep its {kind} {limit}"
        if self.passed:
            return f"{metric} {value} {'≥' if self.bound == 'at least' else '≤'} {limit}"
        return f"{metric} {value} is {side} its {kind} {limit}"

    @property
    def _texts(self) -> tuple[str, str]:
        return apart(0.0 if self.value is None else self.value, self.limit)

    def record(self) -> dict[str, Any]:
        """Return it for JSON."""
        return asdict(self) | {"passed": self.passed}


def check_gate(gate: GateConfig, measured: Mapping[str, Any], classes: Sequence[str]) -> list[Criterion]:
    """Return a criterion for each bound that is set, floors first, in the schema's order.

    Args:
        gate: the bounds.
        measured: what was measured by metric, `class/NAME/FIGURE` for classes; None or NaN: undefined.
        classes: class names.

    Raises:
        PipelineError: a bound is set for a class that does not exist.
    """
    groups: list[tuple[str, Bound, dict[str, Any]]] = [
        ("floors", "at least", gate.floors.model_dump()),
        ("ceilings", "at most", gate.ceilings.model_dump()),
    ]
    criteria = []
    for group, bound, limits in groups:
        for name, limit in limits.items():
            bounds = {name: limit}
            if name.startswith(CLASS):
                bounds = _class_bounds(f"gate.{group}.{name}", name.removeprefix(CLASS), limit or {}, classes)
            criteria += [
                Criterion(metric, bound, float(value), _number(measured.get(metric)))
                for metric, value in bounds.items()
                if value is not None
            ]
    return criteria


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


def decision_text(criteria: Sequence[Criterion], golden: GoldenCheck | None = None) -> str:
    """Return the gate's decision in one sentence.

    Args:
        criteria: that were checked.
        golden: of the golden batch, where it was replayed.
    """
    reasons = [criterion.outcome for criterion in criteria if not criterion.passed]
    if golden is not None:
        reasons += [
            f"a probability of the golden batch differs by {golden.differences[way]:.3g} through {way}, more than "
            f"{golden.tolerances[way]:g}"
            for way in golden.failed
        ]
    if reasons:
        return f"not registered: {', '.join(reasons)}"
    if not criteria:
        return "registered: the gate sets no bound"
    return "registered: " + ", ".join(criterion.outcome for criterion in criteria)


def _class_bounds(key: str, figure: str, limits: Mapping[str, float], classes: Sequence[str]) -> dict[str, float]:
    for name in limits:
        if name not in classes:
            there = ", ".join(printable(one) for one in classes[:NAMED]) + (", …" if len(classes) > NAMED else "")
            raise PipelineError(
                f"{key}: there is no class {printable(name)!r}{did_you_mean(nearest(name, classes))}; "
                f"the classes are {there}"
            )
    return {f"class/{name}/{figure}": limit for name, limit in limits.items()}


def _number(value: Any) -> float | None:
    return None if value is None or isnan(value) else float(value)

"""What a Keras Tuner trial holds, in plain Python."""

import re
from typing import Any

ERROR = re.compile(r"[\w.]*(Error|Exception)\b")
REASON_LENGTH = 500  # characters


def searched_values(trial: Any) -> dict[str, Any]:
    """Return a trial's values without those of its oracle, as they are trained: fractions have six digits."""
    active = active_values(trial.hyperparameters)
    values = {name: value for name, value in active.items() if not name.startswith("tuner/")}
    plain = {name: value.item() if hasattr(value, "item") else value for name, value in values.items()}
    return {name: float(f"{value:.6g}") if isinstance(value, float) else value for name, value in plain.items()}


def active_values(hyperparameters: Any) -> dict[str, Any]:
    """Return the values whose conditions are met.

    Keras Tuner adds the defaults of others when a trial travels between a chief and a worker.
    """
    values: dict[str, Any] = dict(hyperparameters.values)
    conditions = {hp.name: hp.conditions for hp in hyperparameters.space}
    while unmet := [
        name for name in values if not all(condition.is_active(values) for condition in conditions.get(name, ()))
    ]:
        for name in unmet:  # which may be the conditions of further ones
            del values[name]
    return values


def objective_curve(trial: Any, metric: str) -> list[float]:
    """Return a metric of a trial by epoch; empty before the first."""
    points = trial.metrics.get_history(metric) if trial.metrics.exists(metric) else []
    return [float(point.mean()) for point in sorted(points, key=lambda point: point.step)]


def failure_reason(message: str | None) -> str:
    """Return the last error of a traceback, and what TensorFlow says about missing memory."""
    lines = [line.strip() for line in (message or "unknown").splitlines() if line.strip()]
    errors = [line for line in lines if ERROR.match(line)] or lines[-1:]
    memory = [line for line in lines if "OOM" in line and line != errors[-1]]
    return " ".join([errors[-1].rpartition("FailedTrialError: ")[2], *memory[:1]])[:REASON_LENGTH]

"""What a Keras Tuner trial holds, in plain Python."""

import re
from typing import Any

ERROR = re.compile(r"[\w.]*(Error|Exception)\b")
REASON_LENGTH = 500  # characters


def searched_values(trial: Any) -> dict[str, Any]:
    """Return a trial's values without those of its oracle, NumPy's numbers as Python's."""
    values = {name: value for name, value in trial.hyperparameters.values.items() if not name.startswith("tuner/")}
    return {name: value.item() if hasattr(value, "item") else value for name, value in values.items()}


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

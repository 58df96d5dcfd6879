"""Use of CPU, memory and GPU, logged by a thread of MLflow; a store that does not answer never holds a training up."""

import threading

from mlflow.system_metrics.system_metrics_monitor import SystemMetricsMonitor

INTERVAL = 2.0  # seconds between two measurements
PATIENCE = 3.0  # seconds in which the thread must have sent what it has


class SystemMetrics:
    """MLflow's thread for a run, started again after it ended because a store did not answer.

    Args:
        run_id: of the run.
    """

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        self._monitors: list[SystemMetricsMonitor] = []

    def start(self) -> None:
        """Begin to measure, with the steps that follow those of the run."""
        self.stop()
        monitor = SystemMetricsMonitor(self.run_id, sampling_interval=INTERVAL, resume_logging=True)
        monitor.start()
        self._monitors.append(monitor)

    def stop(self) -> None:
        """Stop measuring; do not wait for a store that does not answer."""
        while self._monitors:
            ending = threading.Thread(target=self._monitors.pop().finish, daemon=True)
            ending.start()
            ending.join(PATIENCE)

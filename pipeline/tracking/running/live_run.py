"""The run of a training while it trains: the store may fail meanwhile, the training continues."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import mlflow
from mlflow.entities import Metric

from pipeline.base.addresses.credentials import masked
from pipeline.base.errors import StoreError
from pipeline.tracking.metric_names import EPOCH
from pipeline.tracking.running.outbox import Outbox
from pipeline.tracking.running.run_process import resume_run
from pipeline.tracking.running.system_metrics import SystemMetrics
from pipeline.tracking.server.first_answer import TIMEOUT, first_answer
from pipeline.tracking.server.mlflow_internals import brief_requests
from pipeline.tracking.server.store_failures import failure_types, reason_of, store_errors

PATIENCE = 10.0  # seconds that a training waits at its end for what is not sent yet


class LiveRun:
    """What a training sends to its run.

    Args:
        run_id: of the run.
        uri: of the store.
        system_metrics: whether the use of the machine is logged.

    Attributes:
        complete: whether the run has everything that the training logs.
    """

    def __init__(self, run_id: str, uri: str, *, system_metrics: bool) -> None:
        self.run_id, self.uri, self.complete = run_id, uri, False
        self._client = mlflow.MlflowClient()
        self._machine = SystemMetrics(run_id) if system_metrics else None
        self._outbox = Outbox(uri, self._deliver, "training", self._machine.start if self._machine else lambda: None)
        self._known: set[int] = set()

    def start(self) -> None:
        """Begin, with what the run has already: epochs are not logged twice.

        Raises:
            StoreError: the store fails.
        """
        with store_errors(self.uri):
            resume_run(self._client, self.run_id)
            mlflow.start_run(run_id=self.run_id, log_system_metrics=False)
            self._known = {metric.step for metric in self._client.get_metric_history(self.run_id, EPOCH["loss"])}
            if self._machine:
                self._machine.start()

    def log_epoch(self, metrics: Mapping[str, float]) -> None:
        """Log the metrics of an epoch, `epoch` as the step, now or when the store answers again."""
        step, now = int(metrics["epoch"]), int(time.time() * 1000)
        if step not in self._known:
            self._known.add(step)
            self._outbox.put([Metric(EPOCH[key], value, now, step) for key, value in metrics.items() if key in EPOCH])

    def finish(self, log: Callable[[], object]) -> None:
        """Send what waits, then log the result; where the store does not take it, say that a later stage will.

        Args:
            log: logs the result with MLflow.
        """
        failures: tuple[type[Exception], ...] = (*failure_types(), OSError, StoreError)
        try:
            if not self._outbox.flush(PATIENCE):
                raise TimeoutError("it does not answer")
            if self._outbox.refused:
                raise StoreError(f"it refused some metrics: {self._outbox.reason}")
            first_answer(self.uri, lambda: self._client.get_run(self.run_id))
            log()
            self.complete = True
        except failures as error:
            print(
                f"MLflow run {self.run_id} is not complete ({masked(self.uri)}: {reason_of(error)}); the training's "
                "result is in outputs/train, and the next stage, or dvc repro later, logs what is missing",
                flush=True,
            )

    def end(self, status: str) -> None:
        """End the run, if the store answers; if not, the next command closes it."""
        if self._machine:
            self._machine.stop()
        if status != "FINISHED":
            self._outbox.flush(TIMEOUT)
        self._outbox.close()
        try:
            with brief_requests(TIMEOUT):
                mlflow.end_run(status)
        except failure_types():
            pass

    def _deliver(self, metrics: list[Metric]) -> None:
        self._client.log_batch(self.run_id, metrics=metrics)


@contextmanager
def live_run(
    run_id: str, uri: str, history: Sequence[Mapping[str, float]] = (), system_metrics: bool = False
) -> Iterator[LiveRun]:
    """Make a run the active one; it ends FINISHED, KILLED if it is stopped or incomplete, FAILED after an error.

    Args:
        run_id: of the run.
        uri: of the store.
        history: metrics of epochs that were trained before; those that the run lacks are logged.
        system_metrics: whether the use of the machine is logged.

    Raises:
        StoreError: the store fails at the start.
    """
    run, status = LiveRun(run_id, uri, system_metrics=system_metrics), "FAILED"
    try:
        run.start()
        for metrics in history:
            run.log_epoch(metrics)
        yield run
        status = "FINISHED" if run.complete else "KILLED"
    except KeyboardInterrupt:
        status = "KILLED"
        raise
    finally:
        run.end(status)

"""`python -m pipeline.train` as users run it, paused after each epoch so that others can be measured in turn."""

import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from benchmarks.worker import Measurement, WorkerError, last_line

EPOCH = re.compile(r"epoch \d+/\d+ ")  # printed once an epoch's checkpoint is saved and its metrics are logged
FORWARD = 1 / 3  # of a training step's multiply-adds is its forward pass, all that a validation image takes


class WholeTraining:
    """A training in `project`, started and run to the end of its first epoch; a context manager.

    Args:
        project: a project with prepared data.
        environment: environment variables of the process.
        train: training images per epoch.
        validation: validation images per epoch.

    Attributes:
        units: an epoch's work in training images.
        first_epoch: from the start of the process to the end of the first epoch.

    Raises:
        WorkerError: the training failed.
    """

    def __init__(self, project: Path, environment: Mapping[str, str], train: int, validation: int) -> None:
        self.units = train + FORWARD * validation
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process
        start = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pipeline.train"],
            cwd=project, env=environment, text=True, stdout=subprocess.PIPE, stderr=self._errors,
        )  # fmt: skip
        self._usage = psutil.Process(self._process.pid)
        self.first_epoch = self._run_epoch(start, 0.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()

    def epoch(self) -> Measurement:
        """Run one more epoch: loading, augmentation, steps, validation, checkpoint, logging."""
        cpu_start, start = self._cpu_seconds(), time.monotonic()
        self._process.send_signal(signal.SIGCONT)
        return self._run_epoch(start, cpu_start)

    def finish(self) -> float:
        """Let the process end; return the seconds from the end of the last epoch to the end of the process."""
        start = time.monotonic()
        self._process.send_signal(signal.SIGCONT)
        assert self._process.stdout
        self._process.stdout.read()
        if self._process.wait():
            raise self._failure()
        return time.monotonic() - start

    def _run_epoch(self, start: float, cpu_start: float) -> Measurement:
        """Wait for the end of an epoch and pause the process there."""
        assert self._process.stdout
        for line in self._process.stdout:
            if EPOCH.match(line):
                seconds, cpu = time.monotonic() - start, self._cpu_seconds() - cpu_start
                self._process.send_signal(signal.SIGSTOP)
                return Measurement(self.units, seconds, cpu)
        self._process.wait()
        raise self._failure()

    def _cpu_seconds(self) -> float:
        times = self._usage.cpu_times()
        return float(times.user + times.system)

    def _failure(self) -> WorkerError:
        return WorkerError(f"pipeline.train ended: {last_line(self._errors)}")

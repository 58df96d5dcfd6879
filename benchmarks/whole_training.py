"""`python -m pipeline.train` as users run it, stopped between its epochs so that others can be measured in turn."""

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

from benchmarks.worker import Measured, WorkerError, last_words

EPOCH = re.compile(r"epoch \d+/\d+ ")  # printed when an epoch's state is safe and logged
FORWARD = 1 / 3  # of a training step's multiply-adds is its forward pass, all that a validation image takes


class WholeTraining:
    """A training in `project`, started and run to the end of its first epoch; a context manager.

    Args:
        project: with prepared data.
        environment: of the process.
        train: images per epoch.
        validation: images per epoch.

    Attributes:
        begun: from the process's start to the end of the first epoch.
    """

    def __init__(self, project: Path, environment: Mapping[str, str], train: int, validation: int) -> None:
        self.units = train + FORWARD * validation
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process
        began = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pipeline.train"],
            cwd=project, env=environment, text=True, stdout=subprocess.PIPE, stderr=self._errors,
        )  # fmt: skip
        self._watched = psutil.Process(self._process.pid)
        self.begun = self._to_the_end_of_an_epoch(began, 0.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()

    def epoch(self) -> Measured:
        """Run one more epoch: loading, augmentation, steps, validation, checkpoint, logging."""
        core, began = self._cpu(), time.monotonic()
        self._process.send_signal(signal.SIGCONT)
        return self._to_the_end_of_an_epoch(began, core)

    def finish(self) -> float:
        """Run to the end; return the seconds from the last epoch's end to the process's."""
        began = time.monotonic()
        self._process.send_signal(signal.SIGCONT)
        assert self._process.stdout
        self._process.stdout.read()
        if self._process.wait():
            raise self._failed()
        return time.monotonic() - began

    def _to_the_end_of_an_epoch(self, began: float, core: float) -> Measured:
        assert self._process.stdout
        for line in self._process.stdout:
            if EPOCH.match(line):
                seconds, cpu = time.monotonic() - began, self._cpu() - core
                self._process.send_signal(signal.SIGSTOP)
                return Measured(self.units, seconds, cpu)
        self._process.wait()
        raise self._failed()

    def _cpu(self) -> float:
        times = self._watched.cpu_times()
        return float(times.user + times.system)

    def _failed(self) -> WorkerError:
        return WorkerError(f"pipeline.train ended: {last_words(self._errors)}")

"""`mlflow models serve` as a process, with its times and its memory."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from benchmarks.environment import benchmark_environment
from benchmarks.serving.http_load import HOST, run_load
from benchmarks.worker import WorkerError, last_line

PATIENCE = 120.0  # seconds until the server must answer


class ModelServer:
    """A server of one model; a context manager.

    Args:
        model: folder of an MLflow model.
        image: file to ask with first.

    Attributes:
        port: of the server.
        command_seconds: from the command to the first answer.
        server_seconds: of them, those since the server's process began.

    Raises:
        WorkerError: the server ended, or does not answer.
    """

    def __init__(self, model: Path, image: Path) -> None:
        with socket.socket() as free:
            free.bind((HOST, 0))
            self.port: int = free.getsockname()[1]
        command = [sys.executable, "-m", "mlflow", "models", "serve", "-m", str(model), "--env-manager", "local"]
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process
        began = time.time()
        self._process = subprocess.Popen(
            [*command, "-p", str(self.port)],
            env=benchmark_environment(), stdout=self._log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            self._wait_until_ready()
            run_load(self.port, 1, 0.001, [image])
        except BaseException:
            self._stop()
            raise
        self.command_seconds = time.time() - began
        self.server_seconds = time.time() - self._server().create_time()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def memory(self) -> float:
        """Return the resident memory of the server's process, in MiB."""
        return float(self._server().memory_info().rss) / 2**20

    def _server(self) -> psutil.Process:
        """Return the process that answers: the command starts it by way of a shell."""
        processes = [psutil.Process(self._process.pid), *psutil.Process(self._process.pid).children(recursive=True)]
        return max(processes, key=lambda process: process.create_time())

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + PATIENCE
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                raise WorkerError(f"mlflow models serve does not answer: {last_line(self._log)}")
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
            connection.request("GET", "/ping")
            return connection.getresponse().status == 200
        except OSError:
            return False

    def _stop(self) -> None:
        os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait(30)

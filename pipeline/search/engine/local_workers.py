"""Worker processes on this machine."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from pipeline.base.errors import PipelineError
from pipeline.search.engine.worker_role import ADDRESS, CHIEF_PROCESS, NAME, PORT

LOOPBACK = "127.0.0.1"
STOPPING = 60.0  # seconds for workers to end their batch and write a checkpoint
MOST_DEATHS = 8  # of workers, after which the search is abandoned


class LocalWorkers:
    """Worker processes, started again when they die.

    Args:
        overrides: of the search, for their command lines.
        port: of the chief.
        folder: for their logs.
        count: how many.
    """

    def __init__(self, *, overrides: Sequence[str], port: int, folder: Path, count: int) -> None:
        self.overrides, self.port, self.folder, self.count, self.deaths = overrides, port, folder, count, 0
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        for number in range(count):
            self.start(f"worker-{number}")

    def start(self, name: str) -> None:
        """Start a worker, its output in a file."""
        threads = str(max((os.cpu_count() or 1) // self.count, 1))
        environment = os.environ | {
            ADDRESS: LOOPBACK,
            PORT: str(self.port),
            NAME: name,
            CHIEF_PROCESS: str(os.getpid()),
        }
        environment |= {"TF_NUM_INTRAOP_THREADS": threads, "TF_NUM_INTEROP_THREADS": "1"}
        environment |= {"TF_FORCE_GPU_ALLOW_GROWTH": "true"}  # or the first worker takes all memory of a shared GPU
        command = [sys.executable, "-m", "pipeline.tune", *self.overrides]
        with self._log(name).open("ab") as log:
            self.processes[name] = subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def died(self) -> list[str]:
        """Return the names of the workers that died since the last call.

        Raises:
            PipelineError: too many have died.
        """
        dead = [name for name, process in self.processes.items() if process.poll() not in (None, 0)]
        self.deaths += len(dead)
        if self.deaths > MOST_DEATHS:
            lines = self._log(dead[0]).read_text(encoding="utf-8", errors="replace").strip().splitlines()
            last = lines[-1] if lines else "no message"
            raise PipelineError(f"{self.deaths} workers died, the last with: {last} (its log: {self._log(dead[0])})")
        return dead

    def kill(self, name: str) -> None:
        """Kill a worker that does not answer."""
        self.processes[name].kill()

    def all_done(self) -> bool:
        """Return whether all have ended without an error."""
        return all(process.poll() == 0 for process in self.processes.values())

    def stop(self) -> None:
        """Stop those that still run; kill those that do not stop, as one that hangs in native code."""
        until = time.monotonic() + STOPPING
        for process in self.processes.values():
            if process.poll() is None:
                process.terminate()
        for process in self.processes.values():
            try:
                process.wait(max(until - time.monotonic(), 0.0))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

"""Several workers on Keras Tuner's chief and worker protocol, none of which can hold up the others."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc

from pipeline.base.errors import PipelineError

ADDRESS, PORT, NAME = "KERASTUNER_ORACLE_IP", "KERASTUNER_ORACLE_PORT", "KERASTUNER_TUNER_ID"
PARENT = "PIPELINE_TUNE_CHIEF"  # the process whose end a local worker must not outlive
LOOPBACK = "127.0.0.1"
DEATHS = 5  # of local workers, after which the search gives up
PAUSE = 0.3  # seconds between two looks at the workers


def role(environment: Mapping[str, str] = os.environ) -> str:
    """Return `alone`, or by Keras Tuner's variables `chief` or `worker`.

    Raises:
        PipelineError: one of the variables is set and another is not.
    """
    given = [name for name in (ADDRESS, PORT, NAME) if environment.get(name)]
    if not given:
        return "alone"
    if len(given) < 3:
        missing = ", ".join(name for name in (ADDRESS, PORT, NAME) if name not in given)
        raise PipelineError(f"{', '.join(given)} set but not {missing}: Keras Tuner's workers need all three")
    return "chief" if "chief" in environment[NAME] else "worker"


class Chief:
    """Serves an oracle to workers until no trial is left.

    Args:
        oracle: whom the workers ask.
        silence: seconds without word from a trial's worker, after which the trial goes to another.
        address: to listen at.
        port: to listen at; 0 for any that is free.

    Raises:
        PipelineError: the port is taken.
    """

    def __init__(self, oracle: Any, silence: float, address: str = LOOPBACK, port: int = 0) -> None:
        from keras_tuner.src import protos
        from keras_tuner.src.distribute.oracle_chief import OracleServicer

        self.oracle, self.silence = oracle, silence
        self.heard: dict[str, float] = {}
        self.last = time.monotonic()
        self.servicer = OracleServicer(oracle)
        self.server = grpc.server(futures.ThreadPoolExecutor(max_workers=1))
        protos.get_service_grpc().add_OracleServicer_to_server(self.servicer, self.server)
        try:
            self.port = self.server.add_insecure_port(f"{address}:{port}")
        except RuntimeError:
            raise PipelineError(f"cannot listen at {address}:{port} ({ADDRESS}, {PORT}): is it taken?") from None
        self.server.start()

    def watch(self, event: str, trial: Any) -> None:
        """Take note that a trial's worker is alive."""
        self.last = self.heard[trial.trial_id] = time.monotonic()

    def serve(self, locals_: "LocalWorkers | None") -> None:
        """Wait until all trials are done.

        Args:
            locals_: workers on this machine; None where workers come from elsewhere.

        Raises:
            PipelineError: local workers keep dying.
        """
        while not self._finished(locals_):
            time.sleep(PAUSE)
            for name in locals_.gone() if locals_ else ():
                self.oracle.hand_back(name)
                assert locals_ is not None
                locals_.start(name)
            self._leave_the_silent(locals_)
        self.server.stop(grace=1).wait()

    def _leave_the_silent(self, locals_: "LocalWorkers | None") -> None:
        now, oracle = time.monotonic(), self.oracle
        for name, trial in list(oracle.ongoing_trials.items()):
            if now - self.heard.setdefault(trial.trial_id, now) > self.silence:
                oracle.hand_back(name)
                self.last = now  # as long again for another worker to come
                if locals_:
                    locals_.kill(name)
        for name in set(oracle.tuner_ids) - set(oracle.ongoing_trials):
            if now - oracle.asked.get(name, now) > self.silence:
                oracle.hand_back(name)

    def _finished(self, locals_: "LocalWorkers | None") -> bool:
        if locals_:
            return locals_.all_done()
        oracle, silent = self.oracle, time.monotonic() - self.last > self.silence
        waiting = oracle.ongoing_trials or (oracle._retry_queue and not silent)
        all_ended = silent and len(oracle.end_order) >= oracle.max_trials  # before this chief began: nobody need come
        return bool((self.servicer.stop_triggered or all_ended) and not waiting and not oracle.tuner_ids)


class LocalWorkers:
    """Worker processes on this machine, started again when they die.

    Args:
        overrides: of the search, for their command lines.
        port: of the chief.
        folder: for their logs.
        count: how many.
    """

    def __init__(self, overrides: Sequence[str], port: int, folder: Path, count: int) -> None:
        self.overrides, self.port, self.folder, self.count, self.deaths = overrides, port, folder, count, 0
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        for number in range(count):
            self.start(f"worker-{number}")

    def start(self, name: str) -> None:
        """Start a worker, its output in a file."""
        threads = str(max((os.cpu_count() or 1) // self.count, 1))
        environment = os.environ | {ADDRESS: LOOPBACK, PORT: str(self.port), NAME: name, PARENT: str(os.getpid())}
        environment |= {"TF_NUM_INTRAOP_THREADS": threads, "TF_NUM_INTEROP_THREADS": "1"}
        environment |= {"TF_FORCE_GPU_ALLOW_GROWTH": "true"}  # or the first worker takes all memory of a shared GPU
        command = [sys.executable, "-m", "pipeline.tune", *self.overrides]
        with self._log(name).open("ab") as log:
            self.processes[name] = subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def gone(self) -> list[str]:
        """Return the names of the workers that died since the last look.

        Raises:
            PipelineError: too many have died.
        """
        dead = [name for name, process in self.processes.items() if process.poll() not in (None, 0)]
        self.deaths += len(dead)
        if self.deaths > DEATHS:
            lines = self._log(dead[0]).read_text(encoding="utf-8", errors="replace").strip().splitlines()
            told = lines[-1] if lines else "without a word"
            raise PipelineError(f"{self.deaths} workers died, the last with: {told} (its log: {self._log(dead[0])})")
        return dead

    def kill(self, name: str) -> None:
        """End a worker that does not answer."""
        self.processes[name].kill()

    def all_done(self) -> bool:
        """Return whether all have ended well."""
        return all(process.poll() == 0 for process in self.processes.values())

    def stop(self) -> None:
        """End those that still run."""
        for process in self.processes.values():
            if process.poll() is None:
                process.terminate()
        for process in self.processes.values():
            process.wait()

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}.log"


def end_with_chief() -> None:
    """End this process when the chief that started it is gone, whatever it is doing; only where one did."""
    chief = os.environ.get(PARENT)

    def watch() -> None:
        while str(os.getppid()) == chief:
            time.sleep(1)
        os._exit(1)

    if chief:
        threading.Thread(target=watch, daemon=True).start()

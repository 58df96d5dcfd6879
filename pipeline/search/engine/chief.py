"""The chief of several workers: serves the oracle to them, and waits for none that is gone."""

import time
from typing import Any

from pipeline.base.errors import PipelineError
from pipeline.search.engine.keras_tuner_internals import OracleServer
from pipeline.search.engine.local_workers import LOOPBACK, LocalWorkers
from pipeline.search.engine.worker_role import ADDRESS, PORT

PAUSE = 0.3  # seconds between two checks of the workers


class SearchChief:
    """Serves an oracle to workers until no trial is left.

    Args:
        oracle: that the workers ask.
        silence: seconds without word from a trial's worker, after which the trial goes to another.
        address: to listen at.
        port: to listen at; 0 for any free one.

    Raises:
        PipelineError: the port is taken.
    """

    def __init__(self, *, oracle: Any, silence: float, address: str = LOOPBACK, port: int = 0) -> None:
        self.oracle, self.silence = oracle, silence
        self.heard: dict[str, float] = {}  # when each trial's worker last reported, by the monotonic clock
        self.last = time.monotonic()
        try:
            self.server = OracleServer(oracle, address, port)
        except RuntimeError:
            raise PipelineError(f"cannot listen at {address}:{port} ({ADDRESS}, {PORT}): is it taken?") from None

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server.port)

    def on_trial(self, event: str, trial: Any) -> None:
        """Note that a trial's worker is alive."""
        self.last = self.heard[trial.trial_id] = time.monotonic()

    def serve(self, workers: LocalWorkers | None) -> None:
        """Serve until all trials are done.

        Args:
            workers: those on this machine; None if workers come from elsewhere.

        Raises:
            PipelineError: local workers keep dying.
        """
        while not self._finished(workers):
            time.sleep(PAUSE)
            if workers:
                for name in workers.died():
                    self.oracle.reassign(name)
                    workers.start(name)
            self._abandon_silent(workers)
        self.server.stop()

    def _abandon_silent(self, workers: LocalWorkers | None) -> None:
        now, oracle = time.monotonic(), self.oracle
        for name, trial in list(oracle.ongoing_trials.items()):
            if now - self.heard.setdefault(trial.trial_id, now) > self.silence:
                oracle.reassign(name)
                self.last = now  # as long again for another worker to come
                if workers:
                    workers.kill(name)
        for name in set(oracle.tuner_ids) - set(oracle.ongoing_trials):
            if now - oracle.asked.get(name, now) > self.silence:
                oracle.reassign(name)

    def _finished(self, workers: LocalWorkers | None) -> bool:
        if workers:
            return workers.all_done()
        oracle, silent = self.oracle, time.monotonic() - self.last > self.silence
        waiting = oracle.ongoing_trials or (oracle.queue and not silent)
        all_ended = silent and len(oracle.end_order) >= oracle.max_trials  # ended before this chief began
        return bool((self.server.stop_was_sent or all_ended) and not waiting and not oracle.tuner_ids)

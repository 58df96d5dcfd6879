"""The trials of a search, run in this process or by workers."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.base.errors import PipelineError
from pipeline.config.schema.search_schema import TuneConfig
from pipeline.search.known_results import KnownResults

if TYPE_CHECKING:
    from pipeline.data.dataset import Dataset
    from pipeline.search.engine.bounded_oracle import BoundedOracle
    from pipeline.search.engine.trial_tuner import TrialTuner
    from pipeline.search.limits import CostLimits
    from pipeline.search.trial_recorder import TrialRecorder


class Search:
    """A search and its state.

    Args:
        config: the settings.
        dataset: prepared data, all of it.
        limits: what no trial may exceed.
        oracle: proposes trials.
        folder: holds the state of the search, and resumes it.
        recorder: records trials.

    Example:
        >>> limits = CostLimits(config, dataset.info.shape, len(dataset.info.classes))
        >>> oracle = build_oracle(config, exceeded=limits.exceeded)
        >>> search = Search(
        ...     config=config, dataset=dataset, limits=limits, oracle=oracle, folder=folder, recorder=recorder
        ... )
        >>> search.run(overrides=[])
        trial 0  0...
        >>> search.oracle.get_best_trials(1)[0].trial_id
        '0'
    """

    def __init__(
        self,
        *,
        config: TuneConfig,
        dataset: "Dataset",
        limits: "CostLimits",
        oracle: "BoundedOracle",
        folder: Path,
        recorder: "TrialRecorder",
    ) -> None:
        self.config, self.dataset, self.limits = config, dataset, limits
        self.oracle, self.folder, self.recorder = oracle, folder, recorder
        self.known = KnownResults(folder.parent)

    def tuner(self, name: str = "trials") -> "TrialTuner":
        """Return the loop over the trials, for the process `name`; creating it resumes the saved state."""
        from pipeline.search.engine.trial_tuner import TrialTuner

        return TrialTuner(
            oracle=self.oracle,
            config=self.config,
            dataset=self.dataset.subset(self.config.search.images),
            folder=self.folder,
            recorder=self.recorder,
            name=name,
            known=self.known,
        )

    def run(self, overrides: Sequence[str]) -> None:
        """Run the trials that are left, here or in workers.

        Args:
            overrides: that the search was composed with, for the command lines of workers.

        Raises:
            PipelineError: three trials in a row failed, or workers keep dying.
        """
        from pipeline.search.engine.worker_role import worker_role
        from pipeline.search.search_progress import SearchProgress
        from pipeline.search.trial_values import failure_reason

        tuner = self.tuner()
        with SearchProgress(oracle=self.oracle, config=self.config, limits=self.limits) as progress:
            self.oracle.subscribe(progress)
            if worker_role() == "alone" and self.config.search.workers == 1:
                tuner.search()
            else:
                self._serve(overrides)
        if self.oracle.fault:
            raise PipelineError(f"three trials in a row failed, the last with: {failure_reason(self.oracle.fault)}")

    def stopped_early(self) -> list[str]:
        """Return hyperband's trials that no later round continued."""
        epochs = getattr(self.oracle, "max_epochs", None)
        values = {name: trial.hyperparameters.values for name, trial in self.oracle.trials.items()}
        continued = {one.get("tuner/trial_id") for one in values.values()}
        return [
            name
            for name, one in values.items()
            if epochs and name not in continued and one.get("tuner/epochs", epochs) < epochs
        ]

    def _serve(self, overrides: Sequence[str]) -> None:
        from pipeline.search.engine.chief import SearchChief
        from pipeline.search.engine.local_workers import LocalWorkers
        from pipeline.search.engine.worker_role import ADDRESS, PORT, worker_role

        settings, remote = self.config.search, worker_role() == "chief"
        where: dict[str, Any] = {"address": os.environ[ADDRESS], "port": int(os.environ[PORT])} if remote else {}
        chief = SearchChief(oracle=self.oracle, silence=settings.silence_minutes * 60, **where)
        self.oracle.subscribe(chief)
        if remote:
            chief.serve(None)
            return
        workers = LocalWorkers(overrides=overrides, port=chief.port, folder=self.folder, count=settings.workers)
        try:
            chief.serve(workers)
        finally:
            workers.stop()

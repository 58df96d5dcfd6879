"""A search's trials, run in this process or by workers."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.base.errors import PipelineError
from pipeline.config.search_schema import TuneConfig

if TYPE_CHECKING:
    from pipeline.data.dataset import Dataset
    from pipeline.search.limited import Limited
    from pipeline.search.limits import Limits
    from pipeline.search.tuner import Recorder


@dataclass(frozen=True)
class Search:
    """What a search is made of.

    Attributes:
        config: its settings.
        dataset: prepared data, whole.
        limits: what no trial may exceed.
        oracle: who proposes trials.
        folder: where its state is.
        recorder: told of what happens to trials.
    """

    config: TuneConfig
    dataset: "Dataset"
    limits: "Limits"
    oracle: "Limited"
    folder: Path
    recorder: "Recorder"


def tuner_of(search: Search, name: str) -> Any:
    """Return the loop over the search's trials, as the worker `name`."""
    from pipeline.search.tuner import TrialTuner

    dataset = search.dataset.sample(search.config.search.images)
    return TrialTuner(search.oracle, search.config, dataset, search.folder, search.recorder, name)


def run_trials(search: Search, overrides: Sequence[str]) -> None:
    """Run the trials that are left, here or in workers.

    Args:
        search: the search.
        overrides: that it was composed with, for worker processes.

    Raises:
        PipelineError: a fault that hits every trial, or workers that keep dying.
    """
    from pipeline.search.display import Display, total_trials
    from pipeline.search.tuner import reason
    from pipeline.search.workers import role

    oracle, config = search.oracle, search.config
    tuner = tuner_of(search, "trials")
    with Display(oracle, config, search.limits, total_trials(oracle)) as display:
        if role() == "alone" and config.search.workers == 1:
            oracle.watch = display.watch
            tuner.search()
        else:
            _serve(search, overrides, display.watch)
    if oracle.fault:
        raise PipelineError(f"three trials in a row failed, the last with: {reason(oracle.fault)}")


def _serve(search: Search, overrides: Sequence[str], display: Any) -> None:
    from pipeline.search.workers import Chief, LocalWorkers, role

    settings, env = search.config.search, os.environ
    where = (env["KERASTUNER_ORACLE_IP"], int(env["KERASTUNER_ORACLE_PORT"])) if role() == "chief" else ()
    chief = Chief(search.oracle, settings.silence_minutes * 60, *where)

    def watch(event: str, trial: Any) -> None:
        chief.watch(event, trial)
        display(event, trial)

    search.oracle.watch, search.oracle.explain = watch, search.recorder.reason
    if role() == "chief":
        chief.serve(None)
        return
    workers = LocalWorkers(overrides, chief.port, search.folder, settings.workers)
    try:
        chief.serve(workers)
    finally:
        workers.stop()


def stopped_early(oracle: Any) -> list[str]:
    """Return hyperband's trials that did not go on to the next round."""
    epochs = getattr(oracle, "max_epochs", None)
    gone_on = {trial.hyperparameters.values.get("tuner/trial_id") for trial in oracle.trials.values()}
    return [
        name
        for name, trial in oracle.trials.items()
        if epochs and name not in gone_on and trial.hyperparameters.values.get("tuner/epochs", epochs) < epochs
    ]

"""A search in MLflow: one parent run, and under it a run for each trial and each retraining."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import mlflow
from mlflow.entities import Param

from pipeline.base.errors import PipelineError
from pipeline.base.paths import SEARCHES, main_root
from pipeline.config.hydra_api import flatten
from pipeline.config.schema.search_schema import TuneConfig
from pipeline.data.dataset import Dataset
from pipeline.tracking.experiment_page import describe_searches
from pipeline.tracking.lineage import lineage_tags, run_params
from pipeline.tracking.running.outbox import Outbox
from pipeline.tracking.running.run_process import close_abandoned, create_run, resume_run
from pipeline.tracking.runs.nested.search_log import KEY, KIND, Entry, SearchLog
from pipeline.tracking.runs.nested.unsent_file import UnsentFile, read_unsent
from pipeline.tracking.server.first_answer import TIMEOUT
from pipeline.tracking.server.mlflow_internals import brief_requests
from pipeline.tracking.server.store_failures import failure_types, store_errors
from pipeline.tracking.store import open_store, tracking_uri

PATIENCE = 30.0  # seconds that the end of a search waits for what is not sent yet
UNSENT = "unsent-"  # what the names of the files begin with that hold what a store did not take
PROCESS = "KERASTUNER_TUNER_ID"  # environment variable: which process of the search this is


def search_experiment(config: TuneConfig) -> str:
    """Return the name of the experiment of searches, beside that of trainings."""
    return f"{config.tracking.experiment}-search"


class SearchRuns:
    """The runs of one search, found by its key; a store that fails is sent later what it missed.

    What is not sent is kept beside the state of the search, so that the same command sends it, whatever happens.

    Args:
        config: the search.
        root: the project's folder.
        dataset: prepared data.
        key: of the search.

    Attributes:
        parent: id of the search's own run.

    Raises:
        StoreError: the store does not answer, or fails.
    """

    def __init__(self, config: TuneConfig, root: Path, dataset: Dataset, key: str) -> None:
        self.config, self.root, self.dataset, self.key = config, root, dataset, key
        tracking = config.tracking.model_copy(update={"experiment": search_experiment(config)})
        self.uri = tracking_uri(tracking, root)
        self.experiment = open_store(tracking, root)
        self.client = mlflow.MlflowClient()
        with store_errors(self.uri):
            describe_searches(self.experiment, dataset.info.name)
            close_abandoned(self.client, self.experiment)
        self.parent = ""
        self._sizes: dict[str, list[int]] = {}  # of trials that have begun: parameters, multiply-adds
        self._folder = main_root(root) / SEARCHES / key
        self._unsent = self._folder / f"{UNSENT}{os.environ.get(PROCESS, 'search')}.jsonl"

    def open(self) -> str:
        """Return the parent run's id: the run of an earlier start of this search, or a new one.

        Raises:
            StoreError: the store fails.
        """
        with store_errors(self.uri):
            self._begin(self._parent() or self._create_parent(), f"{UNSENT}*.jsonl")
            resume_run(self.client, self.parent)
        return self.parent

    def join(self) -> None:
        """Find the parent run, which the chief has opened.

        Raises:
            PipelineError: it is another search's chief, or the store fails.
        """
        with store_errors(self.uri):
            found = self._parent()
        if found is None:
            raise PipelineError(
                f"the tracking store has no search {self.key}: this worker's settings, data, code or libraries are not "
                "the chief's, or it logs to another store"
            )
        self._begin(found, self._unsent.name)

    def leave(self) -> bool:
        """Send what waits, for some time; return whether everything is sent."""
        sent = self._outbox.flush(PATIENCE)
        self._outbox.close()
        return sent

    def begin_trial(self, trial_id: str, values: Mapping[str, Any], size: tuple[int, int], kind: str = "trial") -> None:
        """Create the run of a trial, or resume it; as `TrialRecorder.begin_trial`."""
        texts = {name: str(value) for name, value in values.items()}
        self._sizes[trial_id] = list(size)
        self._outbox.put(Entry("begin_trial", (trial_id, texts, list(size), kind)))

    def log_epoch(self, trial_id: str, metrics: Mapping[str, float]) -> None:
        """Log an epoch, unless the run has it already."""
        self._outbox.put(Entry("log_epoch", (trial_id, _floats(metrics))))

    def end_trial(self, trial_id: str, status: str, reason: str, figures: Mapping[str, Any]) -> None:
        """Log a trial's figures and how it ended; as `TrialRecorder.end_trial`."""
        size = self._sizes.pop(trial_id, [0, 0])
        self._outbox.put(Entry("end_trial", (trial_id, status, reason, _floats(figures), size)))

    def failure_reason(self, trial_id: str) -> str | None:
        """Return why a trial failed, as its worker logged it; None if it did not, or the store does not answer."""
        try:
            with brief_requests(TIMEOUT):
                return self._log.failure_reason(trial_id)
        except failure_types():
            return None

    def tag_trials(self, trial_ids: Sequence[str], word: str) -> None:
        """Tag trials with how they ended, such as those that hyperband stopped early."""
        self._outbox.put(Entry("tag_trials", (list(trial_ids), word)))

    def kill_running(self) -> None:
        """Mark the running trials as killed; they resume when the search does."""
        self._outbox.put(Entry("kill_running", ()))

    def close(self, status: str, figures: Mapping[str, Any], files: Sequence[Path]) -> None:
        """Log the search's figures and files, and how it ended; say so if the store does not take that.

        Of two files of one name, the second is logged in a folder named after its own.
        """
        self._outbox.put(Entry("close", (status, _floats(figures), [str(file.absolute()) for file in files])))
        if not self.leave():
            print(f"MLflow run {self.parent} is not complete; the same command logs what is missing", flush=True)

    def _begin(self, parent: str, waiting: str) -> None:
        """Begin to send, first what earlier processes left in the files `waiting`; not the end of the search itself."""
        self.parent = parent
        self._log = SearchLog(self.client, self.experiment, self.key, parent)
        files = sorted(self._folder.glob(waiting))
        entries = [entry for file in files for entry in read_unsent(file) if entry.what != "close"]
        keep = UnsentFile(self._unsent).keep
        self._outbox = Outbox(self.uri, self._log.deliver, "the search", keep=keep, waiting=entries)
        for file in files:
            if file != self._unsent:  # which has all of them now, until they are sent
                file.unlink(missing_ok=True)
        self._outbox.flush(PATIENCE)

    def _parent(self) -> str | None:
        query = f"tags.`{KEY}` = '{self.key}' and tags.`{KIND}` = 'search'"
        found = self.client.search_runs([self.experiment], query, max_results=1)
        if found and not found[0].data.params:  # killed before they were logged
            self._log_params(found[0].info.run_id)
        return str(found[0].info.run_id) if found else None

    def _create_parent(self) -> str:
        config = self.config
        tags = lineage_tags(config.without_search(), self.root, self.dataset.info.digest)
        tags |= {KEY: self.key, KIND: "search", "mlflow.source.name": "pipeline.tune"}
        tags |= {"mlflow.runName": f"search-{config.search.oracle}-{config.model.name}"}
        run_id = create_run(self.client, self.experiment, tags)
        self._log_params(run_id)
        return run_id

    def _log_params(self, run_id: str) -> None:
        config = self.config
        params = run_params(config.without_search()) | flatten({"search": config.search.model_dump(exclude={"space"})})
        params["search.space"] = json.dumps(config.search.space.model_dump(exclude_none=True))[:5900]
        self.client.log_batch(run_id, params=[Param(name, str(value)) for name, value in params.items()])


def _floats(figures: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(value) for name, value in figures.items()}

"""A search in MLflow: one parent run, and under it a run for each trial and each retraining."""

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import mlflow
from mlflow.entities import Metric, Param, Run, RunTag

from pipeline.base.errors import PipelineError
from pipeline.config.hydra_api import flatten
from pipeline.config.schema.search_schema import TuneConfig
from pipeline.data.dataset import Dataset
from pipeline.tracking.experiment_page import describe_searches
from pipeline.tracking.lineage import lineage_tags, run_params
from pipeline.tracking.metric_names import EPOCH
from pipeline.tracking.store import open_store

KEY, TRIAL, KIND, REASON = "search.key", "search.trial", "search.kind", "search.reason"
PARENT = "mlflow.parentRunId"
STATUS = {"COMPLETED": "FINISHED", "FAILED": "FAILED", "KILLED": "KILLED"}


def search_experiment(config: TuneConfig) -> str:
    """Return the name of the experiment of searches, beside that of trainings."""
    return f"{config.tracking.experiment}-search"


class SearchRuns:
    """The runs of one search, found by its key.

    Args:
        config: the search.
        root: the project's folder.
        dataset: prepared data.
        key: of the search.

    Attributes:
        parent: id of the search's own run.
    """

    def __init__(self, config: TuneConfig, root: Path, dataset: Dataset, key: str) -> None:
        self.config, self.root, self.dataset, self.key = config, root, dataset, key
        tracking = config.tracking.model_copy(update={"experiment": search_experiment(config)})
        self.experiment = open_store(tracking, root)
        describe_searches(self.experiment, dataset.info.name)
        self.client = mlflow.MlflowClient()
        self.parent = ""
        self._children: dict[str, str] = {}
        self._known: dict[str, set[int]] = {}

    def open(self) -> str:
        """Return the parent run's id: the run of an earlier start of this search, or a new one."""
        found = self._find(f"tags.`{KEY}` = '{self.key}' and tags.`{KIND}` = 'search'")
        self.parent = str(found.info.run_id) if found else self._create_parent()
        self.client.update_run(self.parent, status="RUNNING")
        return self.parent

    def join(self) -> None:
        """Find the parent run, which the chief has opened.

        Raises:
            PipelineError: it is another search's chief.
        """
        found = self._find(f"tags.`{KEY}` = '{self.key}' and tags.`{KIND}` = 'search'")
        if found is None:
            raise PipelineError(
                f"the tracking store has no search {self.key}: this worker's settings, data, code or libraries are not "
                "the chief's, or it logs to another store"
            )
        self.parent = str(found.info.run_id)

    def begin_trial(self, trial_id: str, values: Mapping[str, Any], size: tuple[int, int], kind: str = "trial") -> None:
        """Create the run of a trial, or resume it; as `TrialRecorder.begin_trial`."""
        found = self._find(f"tags.`{PARENT}` = '{self.parent}' and tags.`{TRIAL}` = '{trial_id}'")
        if found:
            run_id = str(found.info.run_id)
            self.client.update_run(run_id, status="RUNNING")
            history = self.client.get_metric_history(run_id, EPOCH["loss"])
            self._known[trial_id] = {metric.step for metric in history}
        else:
            tags = {PARENT: self.parent, TRIAL: trial_id, KIND: kind, KEY: self.key}
            tags |= {"mlflow.runName": f"{kind}-{trial_id}", "mlflow.source.name": "pipeline.tune"}
            run_id = str(self.client.create_run(self.experiment, tags=tags).info.run_id)
            self._known[trial_id] = set()
            params = [Param(name, str(value)) for name, value in values.items()]
            self.client.log_batch(run_id, metrics=_metrics(_costs(size)), params=params)
        self._children[trial_id] = run_id

    def log_epoch(self, trial_id: str, metrics: Mapping[str, float]) -> None:
        """Log an epoch, unless the run has it already."""
        step = int(metrics["epoch"])
        if step not in self._known[trial_id]:
            self._known[trial_id].add(step)
            named = {EPOCH[name]: value for name, value in metrics.items() if name in EPOCH}
            self.client.log_batch(self._children[trial_id], metrics=_metrics(named, step))

    def end_trial(self, trial_id: str, status: str, reason: str, figures: Mapping[str, Any]) -> None:
        """Log a trial's figures and how it ended; as `TrialRecorder.end_trial`."""
        run_id = self._children[trial_id]
        tags = [RunTag(REASON, reason)] if reason else []
        self.client.log_batch(run_id, metrics=_metrics(figures), tags=tags)
        self.client.set_terminated(run_id, STATUS[status])

    def failure_reason(self, trial_id: str) -> str | None:
        """Return why a trial failed, as its worker logged it; None if it did not."""
        found = self._find(f"tags.`{PARENT}` = '{self.parent}' and tags.`{TRIAL}` = '{trial_id}'")
        return str(found.data.tags[REASON]) if found and REASON in found.data.tags else None

    def tag_trials(self, trial_ids: Sequence[str], word: str) -> None:
        """Tag trials with how they ended, such as those that hyperband stopped early."""
        for trial_id in trial_ids:
            found = self._find(f"tags.`{PARENT}` = '{self.parent}' and tags.`{TRIAL}` = '{trial_id}'")
            if found:
                self.client.set_tag(found.info.run_id, "search.ended", word)

    def kill_running(self) -> None:
        """Mark the running trials as killed; they resume when the search does."""
        query = f"tags.`{PARENT}` = '{self.parent}' and attributes.status = 'RUNNING'"
        for run in self.client.search_runs([self.experiment], query):
            self.client.set_terminated(run.info.run_id, "KILLED")

    def close(self, status: str, figures: Mapping[str, Any], files: Sequence[Path]) -> None:
        """Log the search's figures and files, and how it ended."""
        self.client.log_batch(self.parent, metrics=_metrics(figures))
        for file in files:
            self.client.log_artifact(self.parent, str(file))
        self.client.set_terminated(self.parent, status)

    def _create_parent(self) -> str:
        config = self.config
        tags = lineage_tags(config.without_search(), self.root, self.dataset.info.digest)
        tags |= {KEY: self.key, KIND: "search", "mlflow.source.name": "pipeline.tune"}
        tags |= {"mlflow.runName": f"search-{config.search.oracle}-{config.model.name}"}
        run = self.client.create_run(self.experiment, tags=tags)
        params = run_params(config.without_search()) | flatten({"search": config.search.model_dump(exclude={"space"})})
        params["search.space"] = json.dumps(config.search.space.model_dump(exclude_none=True))[:5900]
        self.client.log_batch(run.info.run_id, params=[Param(name, str(value)) for name, value in params.items()])
        return str(run.info.run_id)

    def _find(self, query: str) -> Run | None:
        found = self.client.search_runs([self.experiment], query, max_results=1)
        return found[0] if found else None


def _costs(size: tuple[int, int]) -> dict[str, int]:
    return {"parameters": size[0], "multiply_adds": size[1]}


def _metrics(figures: Mapping[str, Any], step: int = 0) -> list[Metric]:
    now = int(time.time() * 1000)
    return [Metric(name, float(value), now, step) for name, value in figures.items()]

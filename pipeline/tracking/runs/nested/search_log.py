"""What is logged of a search, one entry after the other. An entry may come twice: the second time changes nothing."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import mlflow
from mlflow.entities import Metric, Param, Run, RunTag

from pipeline.tracking.metric_names import EPOCH
from pipeline.tracking.running.run_process import create_run, resume_run

KEY, TRIAL, KIND, REASON = "search.key", "search.trial", "search.kind", "search.reason"
PARENT = "mlflow.parentRunId"
COSTS = ("parameters", "multiply_adds")
FIRST = ("val_accuracy", "val_loss")  # MLflow's comparison of runs opens on the first metric that was logged
STATUS = {"COMPLETED": "FINISHED", "FAILED": "FAILED", "KILLED": "KILLED"}


@dataclass(frozen=True)
class Entry:
    """Something to log.

    Attributes:
        what: name of a method of `SearchLog`.
        facts: its arguments, values that JSON can hold.
        when: in milliseconds since 1970; equal points at equal times are one point in MLflow.
    """

    what: str
    facts: Sequence[Any]
    when: int = field(default_factory=lambda: int(time.time() * 1000))

    def record(self) -> dict[str, Any]:
        """Return the entry as JSON can hold it."""
        return asdict(self)


class SearchLog:
    """Writes entries to the runs of a search.

    Args:
        client: of the store.
        experiment: id.
        key: of the search.
        parent: id of the search's run.
    """

    def __init__(self, client: mlflow.MlflowClient, experiment: str, key: str, parent: str) -> None:
        self.client, self.experiment, self.key, self.parent = client, experiment, key, parent
        self._children: dict[str, str] = {}
        self._known: dict[str, set[int]] = {}
        self._costs: dict[str, dict[str, float]] = {}

    def deliver(self, entry: Entry) -> None:
        """Log an entry.

        Raises:
            MlflowException: the store fails.
        """
        self._when = entry.when
        getattr(self, f"_{entry.what}")(*entry.facts)

    def failure_reason(self, trial_id: str) -> str | None:
        """Return why a trial failed; None if it did not."""
        found = self._find(trial_id)
        return str(found.data.tags[REASON]) if found and REASON in found.data.tags else None

    def _begin_trial(self, trial_id: str, values: Mapping[str, str], size: Sequence[int], kind: str) -> None:
        found = self._find(trial_id)
        if found:
            run_id = str(found.info.run_id)
            resume_run(self.client, run_id)
        else:
            tags = {PARENT: self.parent, TRIAL: trial_id, KIND: kind, KEY: self.key}
            tags |= {"mlflow.runName": f"{kind}-{trial_id}", "mlflow.source.name": "pipeline.tune"}
            run_id = create_run(self.client, self.experiment, tags)
        if found is None or not found.data.params:
            params = [Param(name, value) for name, value in values.items()]
            self.client.log_batch(run_id, params=params)
        history = self.client.get_metric_history(run_id, EPOCH["loss"])
        self._known[trial_id] = {metric.step for metric in history}
        self._children[trial_id] = run_id
        if found is None or not set(COSTS) <= set(found.data.metrics):
            self._costs[trial_id] = _costs(size)

    def _log_epoch(self, trial_id: str, metrics: Mapping[str, float]) -> None:
        step = int(metrics["epoch"])
        if step not in self._known.get(trial_id, ()):
            order = [*FIRST, *(name for name in metrics if name not in FIRST)]
            named = {EPOCH[name]: metrics[name] for name in order if name in EPOCH and name in metrics}
            points = self._metrics(named, step) + self._metrics(self._costs.get(trial_id, {}))
            self.client.log_batch(self._run_id(trial_id), metrics=points)
            self._costs[trial_id] = {}
            self._known.setdefault(trial_id, set()).add(step)

    def _end_trial(
        self, trial_id: str, status: str, reason: str, figures: Mapping[str, float], size: Sequence[int] = (0, 0)
    ) -> None:
        run_id = self._run_id(trial_id)
        tags = [RunTag(REASON, reason)] if reason else []
        costs = self._costs.get(trial_id)
        if costs is None:  # its beginning was sent by an earlier process
            costs = _costs(size)
        logged = self.client.get_run(run_id).data.metrics  # by a process that was killed before it noted the end
        new = {name: value for name, value in {**figures, **costs}.items() if name not in logged}
        self.client.log_batch(run_id, metrics=self._metrics(new), tags=tags)
        self._costs[trial_id] = {}
        self.client.set_terminated(run_id, STATUS[status])

    def _tag_trials(self, trial_ids: Sequence[str], word: str) -> None:
        for trial_id in trial_ids:
            if found := self._find(trial_id):
                self.client.set_tag(found.info.run_id, "search.ended", word)

    def _kill_running(self) -> None:
        query = f"tags.`{PARENT}` = '{self.parent}' and attributes.status = 'RUNNING'"
        for run in self.client.search_runs([self.experiment], query):
            self.client.set_terminated(run.info.run_id, "KILLED")

    def _close(self, status: str, figures: Mapping[str, float], files: Sequence[str]) -> None:
        logged = self.client.get_run(self.parent).data.metrics
        new = {name: value for name, value in figures.items() if logged.get(name) != value}
        self.client.log_batch(self.parent, metrics=self._metrics(new))
        names: set[str] = set()
        for file in map(Path, files):
            taken = file.name in names  # as that of a recipe, by its network's file
            self.client.log_artifact(self.parent, str(file), file.parent.name if taken else None)
            names.add(file.name)
        self.client.set_terminated(self.parent, status)

    def _run_id(self, trial_id: str) -> str:
        if trial_id not in self._children:  # its beginning was sent by an earlier process
            found = self._find(trial_id)
            if found is None:
                self._begin_trial(trial_id, {}, (0, 0), "trial")
            else:
                self._children[trial_id] = str(found.info.run_id)
        return self._children[trial_id]

    def _find(self, trial_id: str) -> Run | None:
        query = f"tags.`{PARENT}` = '{self.parent}' and tags.`{TRIAL}` = '{trial_id}'"
        found = self.client.search_runs([self.experiment], query, max_results=1)
        return found[0] if found else None

    def _metrics(self, figures: Mapping[str, float], step: int = 0) -> list[Metric]:
        return [Metric(name, float(value), self._when, step) for name, value in figures.items()]


def _costs(size: Sequence[int]) -> dict[str, float]:
    """Return the metrics of a network's size; none if it is not known."""
    return {name: float(value) for name, value in zip(COSTS, size, strict=True)} if any(size) else {}

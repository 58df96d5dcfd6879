"""A cross-validation in MLflow: one parent run, and under it the training run of each fold."""

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import mlflow
from mlflow.entities import Metric, Param, Run
from mlflow.exceptions import MlflowException

from pipeline.config.schema.pipeline_schema import Config
from pipeline.tracking.experiment_page import NOTE, describe_trainings
from pipeline.tracking.lineage import lineage_tags, run_params
from pipeline.tracking.metric_names import TEST, accepted_names
from pipeline.tracking.running.run_process import close_abandoned, create_run, resume_run
from pipeline.tracking.runs.nested.search_log import PARENT
from pipeline.tracking.runs.training_run import RUN_TAGS
from pipeline.tracking.server.store_failures import store_errors
from pipeline.tracking.store import open_store, tracking_uri

KEY, NAME, FOLDS = "crossval.key", "crossval.name", "crossval.folds"
FOLD, COPY_OF = "crossval.fold", "crossval.copy_of"
MOST_METRICS = 1000  # in one request


class CrossvalRuns:
    """The runs of one cross-validation, found by its key.

    Args:
        config: the settings of its first fold.
        root: the project's folder.
        key: of the cross-validation.
        folds: how many it has.

    Attributes:
        parent: id of the cross-validation's run.

    Raises:
        PipelineError: the tracking server does not answer, or the store is broken.
    """

    def __init__(self, config: Config, root: Path, key: str, folds: int) -> None:
        self.config, self.root, self.key, self.folds = config, root, key, folds
        self.experiment = open_store(config.tracking, root)
        self.uri, self.client = tracking_uri(config.tracking, root), mlflow.MlflowClient()
        with store_errors(self.uri):
            describe_trainings(self.experiment, config.data.name)
            close_abandoned(self.client, self.experiment)
        self.parent = ""

    def open(self) -> str:
        """Return the parent run's id: the run of an earlier start of this cross-validation, or a new one."""
        with store_errors(self.uri):
            found = self._search(f"tags.`{KEY}` = '{self.key}' and tags.`{FOLDS}` = '{self.folds}'")
            self.parent = str(found[0].info.run_id) if found else self._create_parent()
            resume_run(self.client, self.parent)
        return self.parent

    def fold_environment(self, fold: int) -> dict[str, str]:
        """Return the environment in which a training's new run becomes the run of a fold (from 1)."""
        return {RUN_TAGS: json.dumps(self.fold_tags(fold))}

    def fold_tags(self, fold: int) -> dict[str, str]:
        """Return the tags that put the run of a fold (from 1) under the parent."""
        return {PARENT: self.parent, KEY: self.key, FOLD: str(fold)}

    def attach(self, fold: int, run_id: str | None, metrics: Mapping[str, float]) -> str:
        """Make sure that the parent has the run of a finished fold; return its id.

        DVC may have restored a training whose run belongs to something else, or to another store: then a run with the
        fold's test metrics is created, with the tag `crossval.copy_of`.

        Args:
            fold: its number, from 1.
            run_id: of its training; None if unknown.
            metrics: of the test images, by name.
        """
        with store_errors(self.uri):
            return self._attach(fold, run_id, metrics)

    def _attach(self, fold: int, run_id: str | None, metrics: Mapping[str, float]) -> str:
        finished = [run for run in self._folds(fold) if run.info.status == "FINISHED"]
        if found := self._adoptable(fold, run_id):
            for name, value in self.fold_tags(fold).items():
                self.client.set_tag(found, name, value)
            return found
        if finished:
            return str(finished[0].info.run_id)
        tags = self.fold_tags(fold) | {COPY_OF: run_id or "unknown", "mlflow.runName": f"fold {fold}"}
        created = create_run(self.client, self.experiment, tags)
        self._log(created, {f"{TEST}{name}": value for name, value in metrics.items()})
        self.client.set_terminated(created, "FINISHED")
        return created

    def close(self, status: str, metrics: Mapping[str, float], files: Sequence[Path], note: str) -> None:
        """Log the figures and files of the cross-validation, and how it ended.

        Args:
            status: FINISHED, FAILED or KILLED.
            metrics: by name; what MLflow refuses in a name is replaced by `_`.
            files: to log as artifacts.
            note: the description of the parent run.
        """
        with store_errors(self.uri):
            self._log(self.parent, metrics)
            for file in files:
                self.client.log_artifact(self.parent, str(file))
            self.client.set_tag(self.parent, NOTE, note)
            for run in self._search(f"tags.`{PARENT}` = '{self.parent}' and attributes.status = 'RUNNING'"):
                self.client.set_terminated(run.info.run_id, "KILLED")
            self.client.set_terminated(self.parent, status)

    def _create_parent(self) -> str:
        tags = lineage_tags(self.config, self.root, "")
        tags.pop("data.digest")
        tags |= {
            KEY: self.key,
            NAME: f"crossval-{self.key}",
            FOLDS: str(self.folds),
            "mlflow.source.name": "pipeline.crossval",
        }
        tags |= {"mlflow.runName": f"cross-validation {self.key}: {self.config.model.name}, {self.folds} folds"}
        run_id = create_run(self.client, self.experiment, tags)
        params = {name: value for name, value in run_params(self.config).items() if name != "data.fold"}
        self.client.log_batch(run_id, params=[Param(name, str(value)) for name, value in params.items()])
        return run_id

    def _adoptable(self, fold: int, run_id: str | None) -> str | None:
        """Return `run_id` if the run is in this experiment, and no other run's child or other fold's run."""
        try:
            run = self.client.get_run(run_id) if run_id else None
        except MlflowException:
            return None
        if run is None or run.info.lifecycle_stage != "active" or run.info.experiment_id != self.experiment:
            return None
        wanted = self.fold_tags(fold)
        return run_id if all(run.data.tags.get(name, value) == value for name, value in wanted.items()) else None

    def _folds(self, fold: int) -> list[Run]:
        return self._search(f"tags.`{PARENT}` = '{self.parent}' and tags.`{FOLD}` = '{fold}'")

    def _search(self, query: str) -> list[Run]:
        return list(self.client.search_runs([self.experiment], query))

    def _log(self, run_id: str, metrics: Mapping[str, float]) -> None:
        now, names = int(time.time() * 1000), accepted_names(metrics)
        points = [Metric(names[name], float(value), now, 0) for name, value in metrics.items()]
        for first in range(0, len(points), MOST_METRICS):
            self.client.log_batch(run_id, metrics=points[first : first + MOST_METRICS])

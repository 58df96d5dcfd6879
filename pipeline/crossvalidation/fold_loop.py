"""The folds of a cross-validation, one after the other."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from pipeline.base.errors import PipelineError
from pipeline.base.progress_bar import ProgressBar
from pipeline.crossvalidation.crossval_outcome import CrossvalOutcome
from pipeline.crossvalidation.fold_experiment import FoldError, run_fold
from pipeline.crossvalidation.fold_result import read_fold
from pipeline.crossvalidation.repository import Repository


class FoldRecorder(Protocol):
    """Where folds are logged."""

    def fold_environment(self, fold: int) -> dict[str, str]:
        """Return the variables by which the stages of a fold log to the right place."""
        ...

    def attach(self, fold: int, run_id: str | None, metrics: Mapping[str, float]) -> str:
        """Record a finished fold; return the id of its run."""
        ...


def run_folds(outcome: CrossvalOutcome, repository: Repository, recorder: FoldRecorder, logs: Path, lock: int) -> None:
    """Train and test the folds that are not done yet, and print a line of each.

    A fold that fails does not keep the others from being trained, unless none has succeeded before it.

    Args:
        outcome: gets results and failures.
        repository: that the project is in.
        recorder: of the folds.
        logs: folder for what DVC prints.
        lock: descriptor that DVC's processes inherit.
    """
    plan = outcome.plan
    for fold in range(1, plan.folds + 1):
        name, run_id = plan.name(fold), None
        result = read_fold(repository, fold, name, reused=True)
        if result is None:
            try:
                run_id = _train(outcome, fold, repository, recorder, logs / f"{name}.log", lock)
            except FoldError as error:
                outcome.failures[fold] = str(error)
                print(f"{outcome.label(fold)}: failed: {error}", flush=True)
                if not outcome.results:
                    return
                continue
            result = read_fold(repository, fold, name, reused=False)
        if result is None:
            raise PipelineError(f"the DVC experiment {name} has no test metrics; remove it: dvc exp remove {name}")
        outcome.add(result, recorder.attach(fold, run_id, result.metrics))
        print(outcome.fold_line(result), flush=True)


def _train(
    outcome: CrossvalOutcome, fold: int, repository: Repository, recorder: FoldRecorder, log: Path, lock: int
) -> str:
    """Train a fold and show its stages and epochs; return the id of its MLflow run."""
    plan, label = outcome.plan, outcome.label(fold)
    with ProgressBar(label, plan.config.recipe.epochs, "epochs") as bar:

        def watch(stage: str, epochs: int | None) -> None:
            bar.advance(0 if epochs is None else epochs - bar.done, note=stage)
            if epochs is None and stage != "params" and not sys.stdout.isatty():
                print(f"{label}: {stage}", flush=True)

        environment = recorder.fold_environment(fold)
        return run_fold(repository, plan.name(fold), plan.fold_overrides(fold), environment, log, lock, watch)

"""One trial: a network of the space, trained and scored on the validation images."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.config.schema.pipeline_schema import Config
from pipeline.data.dataset import Dataset
from pipeline.search.known_results import KnownResults
from pipeline.search.search_key import trial_key
from pipeline.training.checkpoints.checkpoint_store import CheckpointStore
from pipeline.training.checkpoints.save_times import EveryMinutes
from pipeline.training.fit import fit
from pipeline.training.history import EpochMetrics, best_epoch
from pipeline.training.memory import release_memory


@dataclass(frozen=True)
class TrialResult:
    """The result of a trial's training.

    Attributes:
        history: metrics of each epoch.
        best: metrics of the best epoch by the objective.
    """

    history: Sequence[EpochMetrics]
    best: EpochMetrics


def train_trial(
    dataset: Dataset,
    config: Config,
    objective: str,
    checkpoints: CheckpointStore,
    listener: Callable[[EpochMetrics], None],
    until: int | None = None,
    known: KnownResults | None = None,
) -> TrialResult:
    """Train a trial's network from its checkpoint on, and release its memory; a known result is taken instead.

    Args:
        dataset: prepared data, or a subset of it.
        config: the trial's network and recipe.
        objective: `val_accuracy` or `val_loss`: decides which epoch is the best.
        checkpoints: where its checkpoint is, so that an interrupted trial resumes.
        listener: called with the metrics of each epoch, those of the checkpoint included.
        until: stop after this many epochs.
        known: results of earlier searches, to which this one is added.

    Raises:
        UntrainableError: the loss is NaN or infinite, or the recipe does not fit the data.
        PipelineError: a checkpoint cannot be written, or was damaged meanwhile.
    """
    key = trial_key(config, dataset.training_digest(), objective, until) if known else ""
    if known and (past := known.take(key)):
        for metrics in past:
            listener(metrics)
        return TrialResult(past, best_epoch(past, objective))
    for metrics in checkpoints.load().history:
        listener(metrics)
    recipe, times = config.recipe.model_copy(update={"monitor": objective}), EveryMinutes(config.checkpoint.minutes)
    try:
        history = fit(
            dataset, config.model, recipe, checkpoints, listener, times=times, until=until, quiet=True
        ).history
    finally:
        release_memory()
    if known:
        known.keep(key, history)
    return TrialResult(history, best_epoch(list(history), objective))


def trial_metrics(result: TrialResult) -> dict[str, Any]:
    """Return the figures that trials and retrainings are compared by."""
    best = result.best
    return {
        "val_accuracy": best["val_accuracy"],
        "val_loss": best["val_loss"],
        "best_epoch": int(best["epoch"]),
        "epochs": len(result.history),
    }

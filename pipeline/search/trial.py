"""One trial: a network of the space, trained and judged on the validation images."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.config.schema import Config
from pipeline.data.dataset import Dataset
from pipeline.training.callbacks import Row, best_row
from pipeline.training.fit import fit
from pipeline.training.memory import forget
from pipeline.training.progress import Progress


@dataclass(frozen=True)
class Outcome:
    """What a training came to.

    Attributes:
        history: a row per epoch.
        best: the row of the best epoch by the objective.
    """

    history: Sequence[Row]
    best: Row


def train(
    dataset: Dataset,
    config: Config,
    objective: str,
    progress: Progress,
    listener: Callable[[Row], None],
    until: int | None = None,
) -> Outcome:
    """Train a trial's network from where `progress` stands, and leave the process as it was found.

    Args:
        dataset: prepared data, or a sample of it.
        config: the trial's network and recipe.
        objective: `val_accuracy` or `val_loss`: what makes an epoch the best.
        progress: the trial's, so that one that was interrupted goes on.
        listener: told each epoch's row.
        until: stop after so many epochs.

    Raises:
        PipelineError: the loss is no longer a number.
    """
    told = progress.load() or {"history": []}
    for row in told["history"]:
        listener(row)
    recipe = config.recipe.model_copy(update={"monitor": objective})
    try:
        history = fit(dataset, config.model, recipe, progress, {}, listener, until=until, quiet=True).history
    finally:
        forget()
    return Outcome(history, best_row(list(history), objective))


def summary(outcome: Outcome) -> dict[str, Any]:
    """Return the figures that a trial or a training is compared by."""
    best = outcome.best
    return {
        "val_accuracy": best["val_accuracy"],
        "val_loss": best["val_loss"],
        "best_epoch": int(best["epoch"]),
        "epochs": len(outcome.history),
    }

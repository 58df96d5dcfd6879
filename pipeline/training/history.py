"""The history of a training: the metrics of each epoch, the best epoch, early stopping."""

from collections.abc import Sequence

from pipeline.config.schema.recipe_schema import RecipeConfig

EpochMetrics = dict[str, float]  # epoch (from 1), loss, accuracy, val_loss, val_accuracy, learning_rate
LOWER_IS_BETTER = {"val_loss": True, "val_accuracy": False}


def better(metrics: EpochMetrics, other: EpochMetrics, monitor: str) -> bool:
    """Return whether the epoch `metrics` is better than `other`.

    Args:
        metrics: of one epoch.
        other: of another epoch.
        monitor: `val_loss` (lower is better) or `val_accuracy` (higher is better).
    """
    if LOWER_IS_BETTER[monitor]:
        return metrics[monitor] < other[monitor]
    return metrics[monitor] > other[monitor]


def best_epoch(history: Sequence[EpochMetrics], monitor: str) -> EpochMetrics:
    """Return the metrics of the best epoch, the first of equal ones."""
    best = history[0]
    for metrics in history[1:]:
        if better(metrics, best, monitor):
            best = metrics
    return best


def out_of_patience(history: Sequence[EpochMetrics], recipe: RecipeConfig) -> bool:
    """Return whether the best epoch is `recipe.patience` epochs old (early stopping)."""
    if recipe.patience is None or not history:
        return False
    return history[-1]["epoch"] - best_epoch(history, recipe.monitor)["epoch"] >= recipe.patience

"""How far a cross-validation has come, and what it has found, in words and numbers."""

import math
from dataclasses import dataclass, field

from pipeline.crossvalidation.fold_plan import FoldPlan
from pipeline.crossvalidation.fold_result import FoldResult
from pipeline.crossvalidation.fold_statistics import FoldStatistics, Spread, fold_statistics

MOST_CLASSES = 20  # in the terminal's table


@dataclass
class CrossvalOutcome:
    """The folds that are done, and those that failed.

    Attributes:
        plan: what was to be trained.
        parent: id of the MLflow run.
        results: of the folds that are done, in their order.
        run_ids: of their trainings' MLflow runs, by fold.
        failures: why a fold failed, by fold.
    """

    plan: FoldPlan
    parent: str
    results: list[FoldResult] = field(default_factory=list)
    run_ids: dict[int, str] = field(default_factory=dict)
    failures: dict[int, str] = field(default_factory=dict)

    def add(self, result: FoldResult, run_id: str) -> None:
        """Add a fold that is done, and the id of its MLflow run."""
        self.results.append(result)
        self.run_ids[result.fold] = run_id

    @property
    def statistics(self) -> FoldStatistics:
        """Figures over the folds that are done."""
        return fold_statistics(self.results)

    @property
    def complete(self) -> bool:
        """Whether all folds are done."""
        return len(self.results) == self.plan.folds

    def subject(self) -> str:
        """Return what is trained: `googlenet_small, recipe quick, on digits`."""
        config = self.plan.config
        return f"{config.model.name}, recipe {config.recipe.name}, on {config.data.name}"

    def done(self) -> str:
        """Return how many folds are done."""
        count = len(self.results)
        return f"{count} of {self.plan.folds} folds {'is' if count == 1 else 'are'} done"

    def label(self, fold: int) -> str:
        """Return `fold 2 of 5`."""
        return f"fold {fold} of {self.plan.folds}"

    def fold_line(self, result: FoldResult) -> str:
        """Return the line that is printed of a fold."""
        line = f"{self.label(result.fold)}: accuracy {result.metrics['accuracy']:.4f}, "
        line += f"macro F1 {result.metrics['macro_f1']:.4f} on {result.images} test images"
        return f"{line} (reused: experiment {result.experiment})" if result.reused else line

    def summary(self) -> str:
        """Return the accuracy over folds in a sentence."""
        start = f"Cross-validation of {self.subject()}: {self.done()}."
        if not self.results:
            return start
        return f"{start} Test accuracy {plus_minus(self.statistics.metrics['accuracy'])}."

    def logged_metrics(self) -> dict[str, float]:
        """Return mean and standard deviation of each metric by its name in MLflow, undefined ones left out."""
        statistics = self.statistics
        figures = {f"test/{name}": value for name, value in statistics.metrics.items()}
        for one in statistics.classes:
            figures |= {f"class/{one.name}/{figure}": value for figure, value in one.figures.items()}
        logged: dict[str, float] = {}
        for name, value in figures.items():
            logged |= {f"{name}_mean": value.mean, f"{name}_std": value.std}
        logged |= {"folds": float(len(self.results))}
        return {name: value for name, value in logged.items() if not math.isnan(value)}

    def table(self) -> str:
        """Return the figures as a table for the terminal."""
        statistics = self.statistics
        width = max((len(name) for name in statistics.metrics), default=0)
        lines = [f"mean ± standard deviation over {len(self.results)} folds"]
        lines += [f"  {name:<{width}}  {plus_minus(value)}" for name, value in statistics.metrics.items()]
        shown = statistics.classes[:MOST_CLASSES]
        wide = max((len(one.name) for one in shown), default=0)
        lines += ["", f"  {'class':<{max(wide, 5)}}  {'recall':<15}  {'precision':<15}  {'F1':<15}"]
        for one in shown:
            figures = "  ".join(f"{plus_minus(value):<15}" for value in one.figures.values())
            lines.append(f"  {one.name:<{max(wide, 5)}}  {figures}".rstrip())
        if len(statistics.classes) > MOST_CLASSES:
            lines.append(f"  and {len(statistics.classes) - MOST_CLASSES} more classes, in the report")
        return "\n".join([*lines, *(f"note: {note}" for note in statistics.notes)])

    def failure_sentence(self, folder: str) -> str:
        """Return which folds failed and why.

        Args:
            folder: that has the logs.
        """
        fold, reason = next(iter(self.failures.items()))
        more = f" (and fold {', '.join(map(str, list(self.failures)[1:]))})" if len(self.failures) > 1 else ""
        return (
            f"fold {fold}{more} failed: {reason.rstrip('.')}; {self.done()} and kept, the same command tries again; "
            f"all that was printed is in {folder}/{self.plan.name(fold)}.log"
        )


def plus_minus(value: Spread) -> str:
    """Return `0.9731 ± 0.0042`; a dash for what is undefined."""
    if math.isnan(value.mean):
        return "–"
    return f"{value.mean:.4f}" if math.isnan(value.std) else f"{value.mean:.4f} ± {value.std:.4f}"

"""Cross-validate: train and test every fold of the data: `python -m pipeline.crossval [--folds 5] [overrides]`."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.base.command import run_command
from pipeline.base.errors import PipelineError
from pipeline.base.paths import CROSSVAL_REPORT, project_root

if TYPE_CHECKING:
    from pipeline.crossvalidation.crossval_outcome import CrossvalOutcome
    from pipeline.tracking.runs.nested.crossval_runs import CrossvalRuns

COMMAND = "python -m pipeline.crossval"
FOLDS = 5
EPILOG = f"""examples:
  {COMMAND}
  {COMMAND} --folds 10 model=googlenet_bn recipe.epochs=20
The settings are those of params.yaml, and the overrides. Folds that an earlier start with the same settings, code and
data has trained are not retrained; one that was interrupted resumes from its checkpoint."""


def main(root: Path, folds: int = FOLDS, overrides: Sequence[str] = ()) -> "CrossvalOutcome":
    """Train and test each fold as a DVC experiment; write and log mean and standard deviation over the folds.

    Args:
        root: the project's folder.
        folds: how many.
        overrides: settings besides those of params.yaml, in Hydra's grammar.

    Raises:
        PipelineError: no git repository or commit, a wrong setting, a tracking server that does not answer, another
            cross-validation under way, or a fold that failed (the others are kept).
    """
    from pipeline.config.fresh_params import check_fresh
    from pipeline.crossvalidation.crossval_outcome import CrossvalOutcome
    from pipeline.crossvalidation.fold_loop import run_folds
    from pipeline.crossvalidation.fold_plan import plan_folds
    from pipeline.crossvalidation.project_copy import only_one
    from pipeline.crossvalidation.repository import Repository
    from pipeline.tracking.runs.nested.crossval_runs import CrossvalRuns

    repository = Repository(root)
    check_fresh(root)
    plan = plan_folds(repository, folds, overrides)
    with only_one(root) as lock:
        runs = CrossvalRuns(plan.config, root, plan.key, folds)
        outcome = CrossvalOutcome(plan, runs.open())
        print(f"cross-validation {plan.key}: {outcome.subject()}, {folds} folds; MLflow run {runs.parent}", flush=True)
        status = "FAILED"
        try:
            run_folds(outcome, repository, runs, root / CROSSVAL_REPORT, lock)
            status = "FAILED" if outcome.failures else "FINISHED"
        except KeyboardInterrupt:
            status = "KILLED"
            raise KeyboardInterrupt(f"{outcome.done()}; the same command resumes") from None
        finally:
            _close(outcome, root, runs, status)
    return outcome


def _close(outcome: "CrossvalOutcome", root: Path, runs: "CrossvalRuns", status: str) -> None:
    """Write the tables and the page of what is done, and close the parent run."""
    from pipeline.crossvalidation.crossval_tables import write_tables
    from pipeline.report.crossval.crossval_page import write_crossval_page

    files = []
    if outcome.results:
        files = write_tables(root / CROSSVAL_REPORT, outcome)
        files.append(write_crossval_page(root / CROSSVAL_REPORT / "report.html", outcome))
    runs.close(status, outcome.logged_metrics(), files, outcome.summary())


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=COMMAND,
        description="For each fold of the images, train on the others and test on it, as a DVC experiment.\n"
        "Print mean and standard deviation over the folds.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("overrides", nargs="*", help="Hydra overrides: GROUP=CHOICE or KEY=VALUE")
    parser.add_argument(
        "--folds", type=int, default=FOLDS, metavar="K", help=f"how many, at least 2 (default: {FOLDS})"
    )
    arguments = parser.parse_args()
    if arguments.folds < 2:
        parser.error(f"--folds must be at least 2, got {arguments.folds}")
    return arguments


def _command() -> None:
    arguments, root = _parse(), project_root()
    os.chdir(root)
    outcome = main(root, arguments.folds, arguments.overrides)
    if outcome.results:
        print(f"\n{outcome.table()}\n\nreport: {CROSSVAL_REPORT}/report.html")
    if outcome.failures:
        raise PipelineError(outcome.failure_sentence(CROSSVAL_REPORT))


if __name__ == "__main__":
    run_command(_command)

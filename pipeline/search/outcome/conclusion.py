"""The end of a search, early or not: retraining, recommendation, files in conf/."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.search.outcome.candidates import (
    Candidate,
    all_candidates,
    choose_candidates,
    most_retrained,
    recommend,
    trial_candidate,
)
from pipeline.search.outcome.findings import Findings
from pipeline.search.outcome.ranking import TrialRow, rank_trials, trial_rows
from pipeline.search.outcome.retrain import Retraining
from pipeline.search.outcome.search_record import SearchRecord
from pipeline.search.outcome.tuned_files import write_tuned_files
from pipeline.training.checkpoints.checkpoint_store import CheckpointStore

if TYPE_CHECKING:
    from pipeline.search.search_loop import Search

ENDED = ("COMPLETED", "FAILED", "INVALID")  # statuses of Keras Tuner


def conclude(search: "Search", root: Path, run_id: str, *, finished: bool, arguments: Sequence[str] = ()) -> Findings:
    """Retrain the best trials, recommend one and write it into conf/.

    Args:
        search: whose trials have been run.
        root: the project's folder.
        run_id: the search's MLflow run.
        finished: False after Ctrl-C or an error: then retrainings that are done count, and no others are begun.
        arguments: with which it was started.
    """
    config, rows = search.config, trial_rows(search.oracle, search.limits)
    _clear_checkpoints(search)
    best = rank_trials(rows, config)
    if not best:
        return Findings(config, rows, search.oracle.skipped, [], None, "", "no trial completed")
    retrained = _retrained(search, best, finished=finished)
    recommended = recommend(retrained, config)
    chosen = recommended or trial_candidate(best[0])
    origin = SearchRecord.of(search, run_id).origin(chosen, retrained=recommended is not None)
    tuned = write_tuned_files(root, config, chosen.values, origin, finished=finished)
    skipped, taken = search.oracle.skipped, search.known.taken
    return Findings(
        config, rows, skipped, retrained, chosen.trial, tuned.command, tuned.note, taken, tuned.files, arguments
    )


def _clear_checkpoints(search: "Search") -> None:
    """Remove what a process that was killed right after the end of a trial or retraining has left of it.

    Trials of hyperband keep theirs, which other trials continue.
    """
    ended = [trial for trial in search.oracle.trials.values() if trial.status in ENDED]
    names = [f"trial-{trial.trial_id}" for trial in ended if "tuner/epochs" not in trial.hyperparameters.values]
    names += [f"retrain-{file.stem}" for file in (search.folder / "retrained").glob("*.json")]
    for name in names:
        CheckpointStore(search.folder, name).clear()


def _retrained(search: "Search", best: Sequence[TrialRow], *, finished: bool) -> list[Candidate]:
    """Return all candidates that were retrained with the most seeds, by this run of the search or an earlier one."""
    config, limits = search.config, search.limits
    retraining = Retraining(
        config=config, dataset=search.dataset, folder=search.folder, recorder=search.recorder, known=search.known
    )
    abandoned: set[str] = set()
    if finished and (chosen := choose_candidates(best, config, limits)):
        abandoned = {one.trial for one in chosen} - {one.trial for one in retraining.run(chosen)}
    done = retraining.done(all_candidates(best, config, limits))
    return most_retrained([candidate for candidate in done if candidate.trial not in abandoned])

"""A finished trial of any search, taken as the network to train: `python -m pipeline.tune --take TRIAL`."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.base.errors import PipelineError
from pipeline.search.outcome.candidates import CONFIGURED, Candidate, configured_candidate, trial_candidate
from pipeline.search.outcome.ranking import TrialRow, pareto_front, trial_rows
from pipeline.search.outcome.retrain import with_recorded_scores
from pipeline.search.outcome.search_record import SearchRecord
from pipeline.search.outcome.tuned_files import TunedFiles, write_tuned_files

MOST_NAMED = 12  # trials in a message


def take_trial(root: Path, record: SearchRecord, trial: str) -> TunedFiles:
    """Write a finished trial's network into conf/, whatever is there, which is kept as the one before.

    Args:
        root: the project's folder.
        record: of the search.
        trial: its id, or `configured` for the network that the search began with.

    Raises:
        PipelineError: there is no such trial, or it has not been completed; the state of the search is damaged.
    """
    rows = trial_rows(_load_oracle(record), record.limits)
    candidate = _candidate(record, rows, trial)
    scored = with_recorded_scores([candidate], record.config, record.folder)
    origin = record.origin((scored or [candidate])[0], retrained=bool(scored))
    written = write_tuned_files(root, record.config, candidate.values, origin, taken=True)
    above = f"; it is above the limits of the search: {candidate.exceeds}" if candidate.exceeds else ""
    return replace(written, note=f"{written.note}{above}")


def _load_oracle(record: SearchRecord) -> Any:
    """Return the oracle of a search with its trials."""
    from pipeline.search.engine.oracles import build_oracle

    oracle = build_oracle(record.config, exceeded=record.limits.exceeded)
    oracle.use_folder(record.folder / "trials")
    if not oracle.state_file.is_file():
        raise PipelineError(
            f"no trial of the search {record.folder.name} has ended; start the search again to resume it"
        )
    oracle.reload()
    return oracle


def _candidate(record: SearchRecord, rows: Sequence[TrialRow], trial: str) -> Candidate:
    scored = [row for row in rows if row.score is not None]
    if trial == CONFIGURED and scored:
        return configured_candidate(scored, record.config, record.limits)
    row = next((row for row in rows if _is_named(row, trial)), None)
    if row is not None and row.score is not None:
        return trial_candidate(row)
    where = f"the search {record.folder.name}"
    if row is None:
        problem = f"{where} has no trial {trial}"
    elif row.status == "FAILED":
        problem = f"trial {row.trial} of {where} failed: {row.reason}"
    else:
        problem = f"trial {row.trial} of {where} has not been completed"
    front = [one.trial for one in pareto_front(rows, record.config)]
    named = ", ".join(front[-MOST_NAMED:])
    raise PipelineError(f"{problem}; " + (f"on its Pareto front: {named}" if named else "no trial was completed"))


def _is_named(row: TrialRow, trial: str) -> bool:
    """Return whether a trial is meant: `7` is `07`."""
    return row.trial == trial or (trial.isdecimal() and row.trial.isdecimal() and int(row.trial) == int(trial))

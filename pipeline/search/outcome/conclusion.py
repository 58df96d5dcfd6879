"""The end of a search, early or not: retraining, recommendation, files in conf/."""

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.base.digests import SHORT
from pipeline.search.outcome.candidates import Candidate, candidate_line, choose_candidates, recommend
from pipeline.search.outcome.findings import Findings
from pipeline.search.outcome.ranking import rank_trials, trial_rows
from pipeline.search.outcome.retrain import Retraining
from pipeline.search.outcome.tuned_files import write_tuned_files

if TYPE_CHECKING:
    from pipeline.search.search_loop import Search


def conclude(search: "Search", root: Path, run_id: str, *, finished: bool) -> Findings:
    """Retrain the best trials, recommend one and write it into conf/.

    Args:
        search: whose trials have been run.
        root: the project's folder.
        run_id: the search's MLflow run.
        finished: False after Ctrl-C or an error: then retrainings that are done count, and no others are begun.
    """
    config, rows = search.config, trial_rows(search.oracle, search.limits)
    best = rank_trials(rows, config)
    if not best:
        return Findings(config, rows, search.oracle.skipped, [], None, "", "no trial completed")
    candidates = choose_candidates(best, config, search.limits) if config.search.retrain.top else []
    retraining = Retraining(config=config, dataset=search.dataset, folder=search.folder, recorder=search.recorder)
    retrained = retraining.run(candidates) if finished else retraining.done(candidates)
    recommended = recommend(retrained, config) if retrained else None
    chosen = recommended or best[0]
    origin = _origin(search, run_id, chosen.trial, chosen.score, recommended)
    tuned = write_tuned_files(root, config, chosen.values, origin, finished=finished)
    return Findings(config, rows, search.oracle.skipped, retrained, chosen.trial, tuned.command, tuned.note)


def _origin(
    search: "Search", run_id: str, trial: str, score: float | None, retrained: Candidate | None
) -> dict[str, str]:
    objective, info = search.config.search.objective, search.dataset.info
    return {
        "search": search.folder.name,
        "run": run_id,
        "trial": trial,
        "score": "none" if score is None else f"{objective} {score:.4f} in its trial",
        "retrained": candidate_line(retrained, objective) if retrained else "no",
        "data": f"{info.name}, digest {info.digest[:SHORT]}",
    }

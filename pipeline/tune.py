"""Search inception filters and dropout with Keras Tuner: `python -m pipeline.tune [overrides]`."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.base.command import run
from pipeline.base.errors import PipelineError
from pipeline.base.paths import home, project_root
from pipeline.base.phases import Phases
from pipeline.config.search_schema import TuneConfig
from pipeline.config.tune import compose_tune, hydra_command
from pipeline.search.running import Search, run_trials, stopped_early, tuner_of

if TYPE_CHECKING:
    from pipeline.data.dataset import Dataset
    from pipeline.report.search_report import Findings
    from pipeline.search.retrain import Candidate
    from pipeline.tracking.search import SearchRuns

IMAGES = "outputs/prepare/images"
REPORT = "outputs/search"
STATE = ".search"


@dataclass(frozen=True)
class _Search(Search):
    """A search in its project and its store."""

    root: Path
    runs: "SearchRuns"


def main(config: TuneConfig, root: Path, overrides: Sequence[str] = ()) -> "Findings | None":
    """Search, train the best again, write what to train and a report; return what was found, None in a worker.

    Args:
        config: the search, and the network and recipe that it varies.
        root: the project's, its data prepared.
        overrides: that `config` was composed with, for worker processes.

    Raises:
        PipelineError: no prepared data, an impossible space, a silent tracking server, a fault in every trial.
    """
    search = _opened(config, root)
    from pipeline.search.workers import end_with_chief, role

    if role() == "worker":
        end_with_chief()
        _work(search)
        return None
    run_id = search.runs.open()
    print(f"search {search.folder.name}, MLflow run {run_id}; its state is in {search.folder}")
    status = "FAILED"
    found: Findings | None = None
    try:
        try:
            run_trials(search, overrides)
        finally:
            search.runs.mark(stopped_early(search.oracle), "stopped early")
        found = _found(search, _retrained(search))
        status = "FINISHED"
    except PipelineError:
        found = _found(search, [])
        raise
    except KeyboardInterrupt:
        status = "KILLED"
        search.runs.kill_running()
        found = _found(search, [])
        raise KeyboardInterrupt(
            f"{len(search.oracle.end_order)} trials are kept, {found.recommended or 'none'} the best so far; the same "
            "command goes on from there."
        ) from None
    finally:
        _close(search, found, status)
    return found


def _opened(config: TuneConfig, root: Path) -> _Search:
    from pipeline.base.quiet import import_tensorflow

    import_tensorflow()
    from pipeline.data.dataset import Dataset
    from pipeline.search.identity import search_key
    from pipeline.search.limits import Limits
    from pipeline.search.oracles import build_oracle
    from pipeline.tracking.search import SearchRuns

    dataset = Dataset(root / IMAGES)
    _refuse_other_data(config, dataset)
    dataset.sample(config.search.images)  # refuses too few
    limits = Limits(config, dataset.description.shape, len(dataset.description.classes))
    oracle = build_oracle(config, limits.exceeded)
    limits.refuse_the_impossible()
    key = search_key(config, dataset.training_digest())
    runs = SearchRuns(config, root, dataset, key)
    return _Search(config, dataset, limits, oracle, home(root) / STATE / key, runs, root, runs)


def _refuse_other_data(config: TuneConfig, dataset: "Dataset") -> None:
    asked = (config.data.name, [config.data.height, config.data.width, config.data.channels])
    there = (dataset.description.name, list(dataset.description.shape))
    if asked != there:
        raise PipelineError(
            f"the prepared data is {there[0]} at {there[1]}, the search asks for {asked[0]} at {asked[1]}; prepare it "
            "with: python -m pipeline.params data=... && dvc repro prepare"
        )


def _work(search: _Search) -> None:
    """Take trials from the chief until there are none."""
    tuner = tuner_of(search, os.environ["KERASTUNER_TUNER_ID"])
    tuner.oracle.get_space()  # waits for the chief
    search.runs.join()
    tuner.search()


def _retrained(search: _Search) -> "list[Candidate]":
    from pipeline.search.ranking import best_first, rows
    from pipeline.search.retrain import candidates, retrain

    best = best_first(rows(search.oracle, search.limits), search.config)
    chosen = candidates(best, search.config, search.limits) if search.config.search.retrain.top else []
    return retrain(chosen, search.config, search.dataset, search.folder, search.runs)


def _found(search: _Search, retrained: "list[Candidate]") -> "Findings":
    """Choose the recommendation and write it into conf/."""
    from pipeline.report.search_report import Findings
    from pipeline.search.ranking import best_first, rows
    from pipeline.search.retrain import line, recommended
    from pipeline.search.tuned import write_tuned

    config, found = search.config, rows(search.oracle, search.limits)
    best = best_first(found, config)
    if not best:
        return Findings(config, found, search.oracle.skipped, [], None, "")
    chosen = recommended(retrained, config) if retrained else best[0]
    origin = {
        "search run": search.runs.parent,
        "trial": chosen.trial,
        "score": f"{config.search.objective} {chosen.score:.4f} in its trial" if chosen.score is not None else "none",
        "trained again": line(recommended(retrained, config), config.search.objective) if retrained else "no",
        "data": f"{search.dataset.description.name}, digest {search.dataset.description.digest[:16]}",
    }
    _, command = write_tuned(search.root, config, chosen.values, origin)
    return Findings(config, found, search.oracle.skipped, retrained, chosen.trial, command)


def _close(search: _Search, found: "Findings | None", status: str) -> None:
    """Write the report and close the parent run, whatever happened before."""
    from pipeline.report.search_report import write_report

    files = write_report(search.root / REPORT, found) if found else []
    figures = {"trials": len(search.oracle.end_order), "skipped": search.oracle.skipped}
    best = search.oracle.get_best_trials(1)
    if best and best[0].status == "COMPLETED":
        figures["best_score"] = best[0].score
    tuned = search.root / "conf/model/tuned.yaml"
    search.runs.close(status, figures, [*files, *([tuned] if found and found.recommended else [])])


def _told(found: "Findings", root: Path) -> None:
    """Print the best trials, and what to type next."""
    from pipeline.report.search_report import PAGE, words
    from pipeline.search.ranking import best_first

    print(f"\n{found.lead()}\n")
    for row in best_first(found.rows, found.config)[:5]:
        told = words(row.values, found.config)
        print(f"  trial {row.trial}  {row.score:.4f}  {row.multiply_adds / 1e6:8.1f}M multiply-adds  {told}")
    print(f"\nrecommended: {found.recommended}, written to conf/model/tuned.yaml; report: {REPORT}/{PAGE}")
    print(f"train it with: {found.command}")


def _prepare(config: TuneConfig, root: Path) -> None:
    """Bring the prepared data up to date through DVC."""
    from pipeline.config.params_file import read_params

    if read_params(root).data != config.data:
        raise PipelineError(
            "a search uses the data of params.yaml: set data.* with python -m pipeline.params, then search"
        )
    if subprocess.run(["dvc", "repro", "--quiet", "prepare"], cwd=root, check=False).returncode:
        raise PipelineError("the data could not be prepared; see above, or run: dvc repro prepare")


def _command() -> None:
    arguments = sys.argv[1:]
    root = project_root()
    os.chdir(root)
    if any(argument.startswith("-") for argument in arguments):
        hydra_command(root, arguments)
        return
    config = compose_tune(root, arguments)
    phases = Phases("tune")
    if "KERASTUNER_TUNER_ID" not in os.environ:
        with phases.phase("preparation"):
            _prepare(config, root)
    with phases.phase("search"):
        found = main(config, root, arguments)
    if found and found.recommended:
        _told(found, root)
    phases.close()


if __name__ == "__main__":
    run(_command)

"""Search inception filters and dropout with Keras Tuner: `python -m pipeline.tune [overrides]`.

`python -m pipeline.tune --take TRIAL [overrides]` trains nothing: it takes a finished trial as the network to train.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.base.command import run_command
from pipeline.base.errors import DamagedStateError, PipelineError
from pipeline.base.locks.dvc_prepare import prepare_through_dvc
from pipeline.base.locks.process_lock import process_lock
from pipeline.base.paths import PREPARED, SEARCH_REPORT, SEARCHES, main_root, project_root
from pipeline.base.phases import PhaseTimer
from pipeline.config.params_file import read_params
from pipeline.config.schema.search_schema import TuneConfig
from pipeline.config.search_compose import compose_search, run_hydra_flags
from pipeline.search.outcome.take_command import TAKE, run_take

if TYPE_CHECKING:
    from pipeline.data.dataset import Dataset
    from pipeline.search.outcome.findings import Findings
    from pipeline.search.search_loop import Search
    from pipeline.tracking.runs.nested.search_runs import SearchRuns


def main(config: TuneConfig, root: Path, overrides: Sequence[str] = ()) -> "Findings | None":
    """Search, retrain the best, write conf/model/tuned.yaml and a report; return what was found, None in a worker.

    Args:
        config: the search, and the network and recipe that it varies.
        root: the project's folder, its data prepared.
        overrides: that `config` was composed with, for worker processes.

    Raises:
        PipelineError: no prepared data, an impossible space, a tracking server that does not answer, three failed
            trials in a row, or another process that runs the same search.
    """
    search, runs = _open(config, root)
    from pipeline.search.engine.worker_role import exit_with_chief, worker_role

    if worker_role() == "worker":
        exit_with_chief()
        _work(search, runs)
        return None
    with process_lock(search.folder / "lock", _refuse_second):
        return _search(search, runs, root, overrides)


def _refuse_second(process: str) -> None:
    raise PipelineError(
        f"another process ({process}) runs this search; wait for its end, then the same command shows the result "
        "(search.workers=N runs N trials at once)"
    )


def _search(search: "Search", runs: "SearchRuns", root: Path, overrides: Sequence[str]) -> "Findings":
    """Run the trials that are left, and conclude; also where the trials fail or are interrupted."""
    from pipeline.search.outcome.conclusion import conclude
    from pipeline.search.outcome.search_record import SearchRecord

    run_id = runs.open()
    print(f"search {search.folder.name}, MLflow run {run_id}; its state is in {search.folder}")
    status, findings = "FAILED", None
    try:
        try:
            SearchRecord.of(search, run_id, overrides).save()
            search.run(overrides)
        finally:
            runs.tag_trials(search.stopped_early(), "stopped early")
        findings = conclude(search, root, run_id, finished=True, arguments=overrides)
        status = "FINISHED"
    except DamagedStateError:  # nothing was found: the report of an earlier search stays
        raise
    except PipelineError:
        findings = conclude(search, root, run_id, finished=False, arguments=overrides)
        raise
    except KeyboardInterrupt:
        status = "KILLED"
        runs.kill_running()
        findings = conclude(search, root, run_id, finished=False, arguments=overrides)
        ended = len(search.oracle.end_order)
        raise KeyboardInterrupt(
            f"{ended} {'trial has' if ended == 1 else 'trials have'} ended, the best is "
            f"{findings.recommended or 'none'}; {findings.note}; the same command resumes the search."
        ) from None
    finally:
        _close(search, runs, root, findings, status)
    return findings


def _open(config: TuneConfig, root: Path) -> "tuple[Search, SearchRuns]":
    from pipeline.base.tensorflow_import import import_tensorflow

    import_tensorflow()
    from pipeline.data.dataset import Dataset
    from pipeline.search.engine.oracles import build_oracle
    from pipeline.search.hyperparameters import build_hyperparameters
    from pipeline.search.limits import CostLimits
    from pipeline.search.search_key import search_key
    from pipeline.search.search_loop import Search
    from pipeline.tracking.runs.nested.search_runs import SearchRuns

    dataset = Dataset(root / PREPARED)
    _check_data(config, dataset)
    dataset.subset(config.search.images)  # refuses too few
    limits = CostLimits(config, dataset.info.shape, len(dataset.info.classes))
    build_hyperparameters(config)  # refuses an impossible space before a run is created
    limits.check_smallest()
    key = search_key(config, dataset.training_digest())
    runs = SearchRuns(config, root, dataset, key)
    oracle = build_oracle(config, exceeded=limits.exceeded, failure_reason=runs.failure_reason)
    folder = main_root(root) / SEARCHES / key
    search = Search(config=config, dataset=dataset, limits=limits, oracle=oracle, folder=folder, recorder=runs)
    return search, runs


def _check_data(config: TuneConfig, dataset: "Dataset") -> None:
    needed = (config.data.name, [config.data.height, config.data.width, config.data.channels])
    prepared = (dataset.info.name, list(dataset.info.shape))
    if needed != prepared:
        raise PipelineError(
            f"the prepared data is {prepared[0]} at {prepared[1]}, the search needs {needed[0]} at {needed[1]}; "
            "prepare it with: python -m pipeline.params data=... && dvc repro prepare"
        )


def _work(search: "Search", runs: "SearchRuns") -> None:
    """Take trials from the chief until there are none."""
    tuner = search.tuner(os.environ["KERASTUNER_TUNER_ID"])
    tuner.oracle.get_space()  # waits for the chief
    runs.join()
    try:
        tuner.search()
    finally:
        runs.leave()


def _close(search: "Search", runs: "SearchRuns", root: Path, findings: "Findings | None", status: str) -> None:
    """Write the report and close the parent run, whatever happened before."""
    from pipeline.report.search.search_report import write_search_report

    files = write_search_report(root / SEARCH_REPORT, findings) if findings else []
    figures: dict[str, Any] = {}
    if findings:
        figures = {"trials": len(search.oracle.end_order), "skipped": search.oracle.skipped}
    if findings and findings.best:
        figures["best_score"] = findings.best[0].score
    runs.close(status, figures, [*files, *(findings.files if findings else ())])


def _print(findings: "Findings") -> None:
    """Print the best trials, and what to type next."""
    from pipeline.report.search.search_report import PAGE

    print(f"\n{findings.summary()}\n")
    for row in findings.best[:5]:
        size = f"{row.multiply_adds / 1e6:8.1f}M multiply-adds"
        if row.cost.latency_ms is not None:
            size += f"  {row.cost.latency_ms:.2f} ms"
        if findings.weighs:
            size = f"{findings.objective} {row.objective:.4f}  {size}"
        print(f"  trial {row.trial}  {row.score:.4f}  {size}  {findings.changes(row.values)}")
    if findings.taken:
        count = "a training" if findings.taken == 1 else f"{findings.taken} trainings"
        print(f"\nthis process took {count} over from earlier searches")
    print(f"\nrecommended: {findings.recommended}; {findings.note}")
    print(f"report: {SEARCH_REPORT}/{PAGE}")
    print(f"another trial: {findings.take_command}")
    print(f"train it with: {findings.command}")


def _prepare(config: TuneConfig, root: Path) -> None:
    """Bring the prepared data up to date through DVC."""
    if read_params(root).data != config.data:
        raise PipelineError(
            "a search uses the data of params.yaml: set data.* with python -m pipeline.params, then search"
        )
    prepare_through_dvc(root)


def _command() -> None:
    arguments, root = sys.argv[1:], project_root()
    os.chdir(root)
    if any(argument.partition("=")[0] == TAKE for argument in arguments):
        run_take(root, arguments)
        return
    if any(argument.startswith("-") for argument in arguments):
        run_hydra_flags(root, arguments)
        return
    config = compose_search(root, arguments)
    phases = PhaseTimer("tune")
    if "KERASTUNER_TUNER_ID" not in os.environ:
        with phases.phase("preparation"):
            _prepare(config, root)
    with phases.phase("search"):
        findings = main(config, root, arguments)
    if findings and findings.recommended:
        _print(findings)
    phases.close()


if __name__ == "__main__":
    run_command(_command)

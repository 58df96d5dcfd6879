"""One fold, trained and evaluated by DVC as an experiment in a copy of the project."""

import os
import re
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from pipeline.base.errors import PipelineError
from pipeline.base.files import read_json
from pipeline.base.paths import MAIN_ROOT, RUN
from pipeline.crossvalidation.project_copy import project_copy
from pipeline.crossvalidation.repository import Repository

EPOCH = re.compile(r"(?:epoch (\d+)/\d+ |resuming after epoch (\d+) of )")
STAGE = re.compile(r"Running stage '(\w+)'")
PATIENCE = 15.0  # seconds in which a stage that a Ctrl-C in the terminal reaches has ended


class FoldError(PipelineError):
    """A fold could not be trained or evaluated."""


def run_fold(
    repository: Repository,
    name: str,
    overrides: Sequence[str],
    environment: Mapping[str, str],
    log: Path,
    lock: int,
    watch: Callable[[str, int | None], None],
) -> str:
    """Run prepare, train and evaluate as the experiment `name`; return the id of the training's MLflow run.

    Args:
        repository: gets the experiment.
        name: of the experiment.
        overrides: in Hydra's grammar.
        environment: variables for the stages.
        log: file for what DVC and the stages print.
        lock: descriptor that DVC's process inherits.
        watch: is called with each stage that begins, and the number of epochs done in it (None: not an epoch).

    Raises:
        FoldError: a stage failed; the sentence is the stage's.
        KeyboardInterrupt: after DVC has ended.
    """
    command = ["dvc", "exp", "run", "--name", name]
    command += [word for override in overrides for word in ("--set-param", override)]
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("DVC_EXP")}
    inherited.pop("DVC_ROOT", None)
    with project_copy(repository) as project:
        process = subprocess.Popen(
            [*command, "evaluate"],
            cwd=project,
            env=inherited | {MAIN_ROOT: str(repository.root), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            pass_fds=(lock,),
            encoding="utf-8",
            errors="replace",
        )
        try:
            _follow(process, log, watch)
        except BaseException:
            _end(process)
            raise
        if process.returncode:
            raise FoldError(_reason(log, process.returncode))
        repository.fetch_experiment(project, name)
        return str(read_json(project / RUN)["run_id"])


def _follow(process: "subprocess.Popen[str]", log: Path, watch: Callable[[str, int | None], None]) -> None:
    """Copy what the process prints to the log until it ends."""
    stage = ""
    assert process.stdout
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as lines:
        for line in process.stdout:
            lines.write(line)
            lines.flush()
            if found := STAGE.search(line):
                stage = found[1]
                watch(stage, None)
            elif found := EPOCH.match(line):
                watch(stage, int(found[1] or found[2]))
    process.wait()


def _end(process: "subprocess.Popen[str]") -> None:
    """Let DVC and its stage end: a Ctrl-C in a terminal reaches them too, a signal to one process does not."""
    for patience in (PATIENCE, 4 * PATIENCE):
        try:
            process.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            with suppress(psutil.NoSuchProcess):
                for one in psutil.Process(process.pid).children(recursive=True):
                    with suppress(psutil.NoSuchProcess):  # it ended with another one
                        one.send_signal(signal.SIGINT)
        else:
            return
    process.kill()
    process.communicate()


def _reason(log: Path, code: int) -> str:
    """Return the sentence of the stage that failed, or else DVC's."""
    lines = log.read_text(encoding="utf-8").splitlines()
    for beginning in ("error: ", "ERROR: "):
        said = [line.removeprefix(beginning) for line in lines if line.startswith(beginning)]
        if said:
            return said[0] if beginning == "error: " else said[-1]
    return f"dvc exp run ended with exit code {code}"

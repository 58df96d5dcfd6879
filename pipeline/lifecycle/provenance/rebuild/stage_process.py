"""A stage of the project, run in a clone without anything of the original."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from pipeline.base.errors import PipelineError, one_line
from pipeline.base.git.git_command import OF_ANOTHER_REPOSITORY
from pipeline.base.paths import MAIN_ROOT
from pipeline.tracking.runs.training_run import RUN_TAGS

PATIENCE = 60.0  # seconds in which a stage has ended after Ctrl-C
LEFT_OUT = (MAIN_ROOT, RUN_TAGS, *OF_ANOTHER_REPOSITORY)
PREFIXES = ("DVC_", "MLFLOW_")


def run_stage_in(project: Path, name: str) -> None:
    """Run the stage `name` by its module, not by DVC, which could take the result from a cache.

    What it prints goes to this process's output.

    Args:
        project: the project's folder in a clone.
        name: of the stage: `prepare` or `train`.

    Raises:
        PipelineError: it failed; it has printed why.
        KeyboardInterrupt: after it has ended.
    """
    code = _run([sys.executable, "-m", f"pipeline.{name}"], project)
    if code:
        raise PipelineError(f"the stage {name} failed in the clone, with exit code {code}")


def pull_images(project: Path, path: str) -> bool:
    """Let DVC put a file or folder in its place, from its cache, else from a remote; return whether it could.

    Args:
        project: the project's folder in a clone, with a dvc.lock.
        path: of the output.
    """
    try:
        dvc_output(project, "checkout", "--quiet", path)
    except PipelineError:  # not in the cache
        return _run([sys.executable, "-m", "dvc", "pull", "--quiet", path], project) == 0
    return True


def dvc_output(folder: Path, *arguments: str) -> str:
    """Run DVC in `folder`; return what it prints, without white space around it.

    Raises:
        PipelineError: it failed.
    """
    command = [sys.executable, "-m", "dvc", *arguments]
    done = subprocess.run(command, cwd=folder, env=_environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise PipelineError(f"dvc {arguments[0]} failed in {folder}: {one_line(RuntimeError(done.stderr))}")
    return done.stdout.strip()


def _environment() -> dict[str, str]:
    """Return this process's environment without what leads to the original project, its store or another repository."""
    return {key: value for key, value in os.environ.items() if key not in LEFT_OUT and not key.startswith(PREFIXES)}


def _run(command: Sequence[str], folder: Path) -> int:
    sys.stdout.flush()
    process = subprocess.Popen(command, cwd=folder, env=_environment(), stdin=subprocess.DEVNULL)
    try:
        return process.wait()
    except BaseException:
        _end(process)
        raise


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Let the stage end: a Ctrl-C in a terminal reaches it too, a signal to this process alone does not."""
    try:
        process.wait(timeout=2)
        return
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

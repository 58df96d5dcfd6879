"""The projects in which commands are killed: copies of one that is set up, and one in which nothing was killed."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.tracking.local_store import create_local_store
from tests.end_to_end.conftest import copy_project, environment_of_a_user
from tests.end_to_end.kills.project_state import differences, project_state
from tests.end_to_end.kills.watched_command import WatchedCommand

SMALL = ["experiment=smoke", "data.split.test=0.6", "model.normalization=none", "recipe.optimizer=sgd"]
SMALL += ["recipe.epochs=3"]
SEARCH = ["search=random", "search.max_trials=2", "search.images=320", "search.retrain.top=1", "search.retrain.seeds=1"]
SETTINGS = [word for setting in SMALL for word in ("-S", setting)]
QUEUE = (
    f"dvc queue status 2>/dev/null | grep -q kills || dvc exp run --quiet --queue --name kills {' '.join(SETTINGS)}; "
    "dvc queue start && while dvc queue status | grep -Eq 'Running|Queued'; do sleep 1; done; "
    "! dvc queue status | grep Failed"
)


@dataclass(frozen=True)
class Subject:
    """A command to kill.

    Attributes:
        command: that is killed and repeated.
        first: commands that set the project up.
        store: whether the project has an MLflow store without runs already.
    """

    command: Sequence[str]
    first: Sequence[Sequence[str]]
    store: bool = True


PARAMS = (sys.executable, "-m", "pipeline.params", *SMALL)
SUBJECTS = {
    "repro": Subject(("dvc", "repro"), [PARAMS, ("dvc", "repro", "prepare")]),
    "new": Subject(("dvc", "repro"), [PARAMS], store=False),
    "exp": Subject(("dvc", "exp", "run", *SETTINGS), [PARAMS, ("dvc", "repro", "prepare")]),
    "queue": Subject(("sh", "-c", QUEUE), [PARAMS, ("dvc", "repro", "prepare")]),
    "tune": Subject((sys.executable, "-m", "pipeline.tune", *SMALL, *SEARCH), [PARAMS, ("dvc", "repro", "prepare")]),
}


@dataclass(frozen=True)
class Reference:
    """What a command does where nothing kills it.

    Attributes:
        state: of the project afterwards.
        events: in their order, each with its number among those of its name.
        seconds: that the command took.
    """

    state: dict[str, Any]
    events: list[tuple[str, int]]
    seconds: float


def user_environment() -> dict[str, str]:
    """Return the environment of the commands: one thread, so that several scenarios can run side by side."""
    threads = dict.fromkeys(("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"), "1")
    return environment_of_a_user() | threads


def set_up(subject: Subject, work: Path) -> Path:
    """Return the project before the command, made once in `work`."""
    folder = work / "before"
    if not (folder / "ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "project").mkdir(parents=True)
        project = copy_project(folder / "project")
        if subject.store:
            create_local_store(project.root)
        for command in subject.first:
            project.succeed(*command, **user_environment(), DVC_SITE_CACHE_DIR=str(folder / "dvc-site"))
        project.succeed("git", "commit", "-qam", "settings")
        (folder / "ready").write_text(code_commit())
    return folder


def code_commit() -> str:
    """Return the commit of the code under test, with a + if files were changed since."""
    words = ("git", "describe", "--always", "--abbrev=7", "--exclude=*", "--dirty=+")
    return subprocess.run(words, cwd=Path(__file__).parent, capture_output=True, text=True, check=True).stdout.strip()


def new_scenario(before: Path, folder: Path) -> WatchedCommand:
    """Return a copy of the project before the command, in which to run it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copytree(before / "project", folder / "project", symlinks=True)
    return WatchedCommand(folder, user_environment())


def reference(subject: Subject, before: Path, work: Path, runs: int = 2) -> Reference:
    """Run the command where nothing kills it, twice to see that it repeats; return what it does.

    Raises:
        AssertionError: it fails, or two runs differ, so that nothing can be compared with them.
    """
    states, seconds = [], 0.0
    for number in range(runs):
        watched = new_scenario(before, work / f"reference-{number}")
        (watched.folder / "record").touch()
        began = os.times().elapsed
        outcome = watched.run(subject.command)
        seconds = os.times().elapsed - began
        assert outcome.code == 0, outcome.output
        states.append(project_state(watched.folder / "project"))
    assert not differences(states[0], states[-1]), "\n".join(differences(states[0], states[-1]))
    lines = (watched.folder / "record").read_text().splitlines()
    events = [(name, int(count)) for name, _, count in (line.partition("\t") for line in lines)]
    return Reference(states[0], events, seconds)

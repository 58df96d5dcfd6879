"""The real tools in copies of the project."""

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipeline.base.files import read_json
from tests.end_to_end.warm.warm_programs import warm_programs

ROOT = Path(__file__).parents[2]
PATIENCE = 1800  # seconds for one command, however busy the machine


@dataclass
class Project:
    """A copy of the project in a separate git repository."""

    root: Path

    def run(self, *command: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the project (or in `cwd`), output and errors caught together."""
        return subprocess.run(
            ["python" if word == sys.executable else word for word in command],
            cwd=cwd or self.root,
            env=warm_environment() | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def succeed(self, *command: str, **environment: str) -> str:
        """Run a command that must succeed; return its output."""
        done = self.run(*command, **environment)
        assert done.returncode == 0, done.stdout
        assert "Traceback" not in done.stdout, done.stdout
        return done.stdout

    def fail(self, *command: str, **environment: str) -> str:
        """Run a command that must fail without a traceback; return its output."""
        done = self.run(*command, **environment)
        assert done.returncode != 0, done.stdout
        assert "Traceback" not in done.stdout, done.stdout
        return done.stdout

    def json(self, path: str) -> Any:
        """Read a JSON output."""
        return read_json(self.root / path)

    def git_status(self) -> list[str]:
        """Return `git status --short`'s lines."""
        return self.succeed("git", "status", "--short", "--untracked-files=all").splitlines()


def environment_of_a_user() -> dict[str, str]:
    """Return an environment with this Python's tools first, and nothing of DVC's or MLflow's."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("DVC_", "MLFLOW_"))}
    names = dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), "tester")
    mails = dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), "tester@localhost")
    return kept | names | mails | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"}


def warm_environment() -> dict[str, str]:
    """Return the same, for commands that no signal is sent to: their libraries are imported already."""
    user = environment_of_a_user()
    return user | {"PATH": f"{warm_programs()}{os.pathsep}{user['PATH']}"}


def copy_project(target: Path) -> Project:
    """Copy what git has or would add, commit it there."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    project = Project(target)
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "the project"]):
        project.succeed("git", *command)
    return project


def make_smoke_smaller(project: Project) -> None:
    """Let experiment=smoke have 400 images, and a network that is traced in half the time."""
    file = project.root / "conf/experiment/smoke.yaml"
    text = file.read_text()
    for section, line in {
        "data": "max_per_class: 40",
        "model": "normalization: none",
        "recipe": "optimizer: sgd",
    }.items():
        text = text.replace(f"\n{section}:\n", f"\n{section}:\n  {line}\n")
    file.write_text(text)
    project.succeed("git", "commit", "-qam", "A smaller preset")


@pytest.fixture(scope="session", autouse=True)
def ctrl_c_arrives() -> None:
    """A shell starts what it puts in the background with SIGINT ignored, and children inherit that."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest, empty_store: Path) -> Project:
    """Return a fresh copy for one module's tests, which run in order and build on each other.

    Modules with `NEW_STORE` let the pipeline create mlflow.db; the others get one without runs, to save time.
    """
    project = copy_project(tmp_path_factory.mktemp("project"))
    if not getattr(request.module, "NEW_STORE", False):
        shutil.copy(empty_store, project.root)
    return project


@pytest.fixture
def user_environment() -> dict[str, str]:
    """Return what a command started by hand would find in its environment."""
    return environment_of_a_user()

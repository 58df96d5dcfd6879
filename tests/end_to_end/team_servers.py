"""The servers of docs/team.md for a test: docs/team/servers.py, started with the page's own options on a free port."""

import importlib.util
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psutil

from tests.end_to_end.conftest import PATIENCE, ROOT

PAGE = (ROOT / "docs/team.md").read_text(encoding="utf-8")
PROGRAM = "docs/team/servers.py"
NEEDED = ("psycopg", "flask_wtf", "moto", "dvc_s3")


def what_is_missing() -> str | None:
    """Return why the servers cannot run here, or None."""
    packages = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if packages:
        return f"not installed: {', '.join(packages)}"
    if not shutil.which("initdb") and not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        return "PostgreSQL is not installed"
    return None


class TeamServers:
    """PostgreSQL and MLflow with their folder; they can be killed and started again on the same port."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder, self.environment = folder, environment
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start them as the page says; return when MLflow answers."""
        line = re.search(rf"^python ({PROGRAM} .*)$", PAGE, re.MULTILINE)[1]
        command = line.replace("/srv/team", str(self.folder)).replace("https://mlflow.example.com", self.address)
        self.process = subprocess.Popen(
            [sys.executable, *command.split(), "--port", str(self.port)],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert "MLflow answers" in self.process.stdout.readline(), self.logs()

    def stop(self) -> None:
        """Stop them as closing the terminal does, and Ctrl-C after it."""
        processes = self.processes()
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGINT):
            self.process.send_signal(number)
        assert self.process.wait(PATIENCE) == 0, self.logs()
        assert not psutil.wait_procs(processes[1:], PATIENCE)[1], "they left servers behind"

    def kill(self) -> None:
        """Kill all processes at once, as a power cut does."""
        processes = self.processes()
        for each in processes:
            os.kill(each.pid, signal.SIGKILL)
        psutil.wait_procs(processes[1:], PATIENCE)
        self.process.wait(PATIENCE)

    def processes(self) -> list[psutil.Process]:
        """Return the program and all processes that it started."""
        program = psutil.Process(self.process.pid)
        return [program, *program.children(recursive=True)]

    def admin(self) -> dict[str, str]:
        """Return the variables of the administrator."""
        password = json.loads((self.folder / "passwords.json").read_text(encoding="utf-8"))["admin"]
        return {"MLFLOW_TRACKING_USERNAME": "admin", "MLFLOW_TRACKING_PASSWORD": password}

    def logs(self) -> str:
        """Return what they printed."""
        return "\n".join(file.read_text() for file in self.folder.glob("*.log"))

"""One command in a scenario's project, watched, and killed at an instant."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

HOOK = Path(__file__).parent / "hook"
FOLDER = "KILLS_FOLDER"  # also the mark by which processes are found
POLL = 0.005  # seconds
LIMIT = 600  # seconds for one command
ENDS = 120  # seconds for a command to end after a signal that it can handle

SIGNALS = {
    "kill": [signal.SIGKILL],
    "term": [signal.SIGTERM],
    "int": [signal.SIGINT],
    "int2": [signal.SIGINT, signal.SIGINT],
}
TARGETS = ("group", "stage", "dvc")


@dataclass(frozen=True)
class Kill:
    """Where a command is killed.

    Attributes:
        target: who gets the signal: `group` (every process of the command; of Ctrl-C, its process group), `stage` or
            `dvc`.
        how: `kill`, `term`, `int`, or `int2` for a second one soon after.
        event: name of the event to stop at; empty to wait some seconds instead.
        number: which one of these events, from 1.
        seconds: after the command's start (after the stage's, where that is the target), without an event; between
            the two signals of `int2`, a tenth of it.
    """

    target: str
    how: str
    event: str = ""
    number: int = 1
    seconds: float = 0.0

    def __str__(self) -> str:
        """Return it in words."""
        where = f"{self.event} #{self.number}" if self.event else f"{self.seconds:.2f} s"
        return f"{self.target}-{self.how} at {where}"


@dataclass(frozen=True)
class Outcome:
    """How a command ended.

    Attributes:
        code: its exit code; None if it had to be killed because it did not end.
        output: standard output and errors.
        killed: whether the instant was reached, and the signal sent.
    """

    code: int | None
    output: str
    killed: bool


class WatchedCommand:
    """Runs commands in `folder`/project.

    Args:
        folder: of the scenario, with the project.
        environment: of the commands.
    """

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder, self.temporary = folder, folder / "tmp"
        self.temporary.mkdir(exist_ok=True)
        self.environment = environment | {
            FOLDER: str(folder),
            "PYTHONPATH": str(HOOK),
            "TMPDIR": str(self.temporary),
            "DVC_SITE_CACHE_DIR": str(folder / "dvc-site"),
        }

    def run(self, command: Sequence[str], kill: Kill | None = None) -> Outcome:
        """Run a command to its end, killed as `kill` says."""
        for name in ("aim", "fired", "processes"):
            (self.folder / name).unlink(missing_ok=True)
        if kill and kill.event:
            wait = "wait" if kill.how == "kill" else "go"
            (self.folder / "aim").write_text(f"{kill.event}\t{kill.number}\t{wait}")
        log = self.folder / "output.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=self.folder / "project",
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        killed = self._await(process, kill)
        try:
            code: int | None = process.wait(ENDS if killed else 0)
        except subprocess.TimeoutExpired:
            code = None
            self.end_all()
            process.wait()
        return Outcome(code, log.read_text(errors="replace"), killed)

    def alive(self) -> list[psutil.Process]:
        """Return the processes of this scenario that still run."""
        mark, found = str(self.folder), []
        for process in psutil.process_iter():
            try:
                if process.environ().get(FOLDER) == mark and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def wait_for_others(self, seconds: float) -> list[str]:
        """Wait until no process of the scenario is left; return the command lines of those that are still there."""
        until = time.monotonic() + seconds
        while (alive := self.alive()) and time.monotonic() < until:
            time.sleep(0.2)
        return [" ".join(process.cmdline()) for process in alive if process.is_running()]

    def end_all(self) -> None:
        """End all processes of the scenario."""
        for process in self.alive():
            try:
                process.kill()
            except psutil.Error:
                continue

    def _await(self, process: subprocess.Popen[bytes], kill: Kill | None) -> bool:
        """Wait for the end of the process or for the instant of the kill; return whether it was killed."""
        began = time.monotonic()
        while process.poll() is None and time.monotonic() < began + LIMIT:
            if kill and self._reached(kill, began):
                for number, sent in enumerate(SIGNALS[kill.how]):
                    if number:
                        time.sleep(kill.seconds / 10)
                    self._send(process, kill.target, sent)
                return True
            time.sleep(POLL)
        return False

    def _reached(self, kill: Kill, began: float) -> bool:
        if kill.event:
            return (self.folder / "fired").exists()
        if kill.target == "stage":
            stages = self._stages()
            return bool(stages) and time.time() > stages[-1].create_time() + kill.seconds
        return time.monotonic() > began + kill.seconds

    def _send(self, process: subprocess.Popen[bytes], target: str, sent: signal.Signals) -> None:
        try:
            if target == "group" and sent == signal.SIGINT:  # as from a terminal
                os.killpg(process.pid, sent)
            elif target == "group":  # as at the machine's end: the queue's workers have separate sessions
                for member in self.alive():
                    member.send_signal(sent)
            elif target == "dvc":
                process.send_signal(sent)
            elif stages := self._stages():
                stages[-1].send_signal(sent)
        except (ProcessLookupError, psutil.Error):
            return

    def _stages(self) -> list[psutil.Process]:
        """Return the living processes that run a module of the pipeline, the newest last."""
        file, found = self.folder / "processes", []
        lines = file.read_text().splitlines() if file.exists() else []
        for pid, _, name in (line.partition(" ") for line in lines):
            if name not in ("dvc", "other") and psutil.pid_exists(int(pid)):
                found.append(psutil.Process(int(pid)))
        return found


def random_kill(random_: random.Random, target: str, how: str, longest: float) -> Kill:
    """Return a kill at a random time of at most `longest` seconds."""
    return Kill(target, how, seconds=random_.uniform(0, longest))

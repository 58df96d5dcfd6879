"""Python imports this in every process of a command under test: it counts events, and stops at the one to kill at.

Events are writing system calls on files (by Python's audit hooks) and SQL statements on an MLflow store, each known
by its process, what it does and where, such as `train rename .checkpoints/#/checkpoint.json`. The process tells the
watcher of the event before it happens; where it is to be killed by SIGKILL, it waits there for it.
"""

import os
import re
import sys
import time

PLAN = os.environ.get("KILLS_FOLDER", "")  # the scenario's folder, written by the watcher
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
VARYING = re.compile(
    r"\.partial-\d+-[0-9a-f]{12}-.{8}|\.[\w-]{22}\.tmp|(?<=uploading\.).{8}|(tmp|work-|version-|manifest-)[a-z0-9_]{8}"
    r"|(?<=cache/files/md5/).*|(?<=artifacts/code/).*|(m-)?[0-9a-f]{8,}|\d+"
)
ABSOLUTE = -1  # a path that is not within an open folder
PATIENCE = 600  # seconds to wait for the watcher's signal


def process_name() -> str:
    """Return the stage or tool that this process is: `train`, `dvc`."""
    words = sys.orig_argv
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word == "-m":
            return following.removeprefix("pipeline.")
        if word.endswith("/dvc"):
            return "dvc"
    return "other"


class Counter:
    """Counts this process's events, and stops at the one in the file `aim`."""

    def __init__(self, folder: str) -> None:
        self.folder, self.process, self.counts = folder, process_name(), dict[str, int]()
        self.project = os.path.join(folder, "project") + os.sep  # noqa: PTH118 (pathlib would be imported everywhere)
        self.temporary = os.path.join(folder, "tmp") + os.sep  # noqa: PTH118
        self.busy = False
        aim = self._read("aim").split("\t")
        self.aim, self.number, self.wait = aim if len(aim) == 3 else ("", "0", "")
        self._append("processes", f"{os.getpid()} {self.process}\n")

    def audit(self, event: str, arguments: tuple) -> None:
        """Count an event of `sys.audit`."""
        if event == "open":
            if isinstance(arguments[2], int) and arguments[2] & WRITING:
                self.count("write", arguments[0])
        elif event in ("os.rename", "os.link"):
            self.count(event[3:], arguments[1])
        elif event == "os.truncate" or (
            event in ("os.remove", "os.rmdir") and arguments[-1] == -1
        ):  # -1: not within an open folder
            self.count(event[3:], arguments[0])

    def statement(self, sql: str) -> None:
        """Count a statement that SQLite is about to execute."""
        words = sql.split(None, 3)[:3]
        if words and words[0] not in ("SELECT", "PRAGMA"):
            self.count("sql", " ".join(words[:1] if words[0] in ("COMMIT", "BEGIN", "ROLLBACK") else words), sql=True)

    def count(self, kind: str, where: object, *, sql: bool = False) -> None:
        """Count one event; at the one that is aimed at, tell the watcher and wait."""
        if self.busy:
            return
        place = where if sql else self._place(where)
        if place is None:
            return
        self.busy = True
        name = f"{self.process} {kind} {VARYING.sub('#', str(place))}"
        number = self.counts[name] = self.counts.get(name, 0) + 1
        if os.path.exists(f"{self.folder}/record"):  # noqa: PTH110
            self._append("record", f"{name}\t{number}\n")
        if name == self.aim and str(number) == self.number:
            self._append("fired", f"{os.getpid()}\n")
            until = time.monotonic() + PATIENCE
            while self.wait == "wait" and time.monotonic() < until:
                time.sleep(0.001)
        self.busy = False

    def _place(self, path: object) -> str | None:
        """Return a path in the project or in its temporary folder, relative; None for any other, or a cache's."""
        if isinstance(path, bytes):
            path = os.fsdecode(path)
        if not isinstance(path, (str, os.PathLike)):
            return None
        text = os.path.abspath(os.fspath(path))  # noqa: PTH100
        if text.endswith(".pyc") or "__pycache__" in text:
            return None
        if text.startswith(self.project):
            return text.removeprefix(self.project)
        return "TMP/" + text.removeprefix(self.temporary) if text.startswith(self.temporary) else None

    def _read(self, name: str) -> str:
        try:
            with open(f"{self.folder}/{name}") as file:  # noqa: PTH123
                return file.read()
        except OSError:
            return ""

    def _append(self, name: str, line: str) -> None:
        handle = os.open(f"{self.folder}/{name}", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.write(handle, line.encode())
        os.close(handle)


def _install(counter: Counter) -> None:
    import sqlite3

    connect = sqlite3.connect

    def traced(database: object, *arguments: object, **options: object) -> sqlite3.Connection:
        connection = connect(database, *arguments, **options)
        if "mlflow.db" in str(database):
            connection.set_trace_callback(counter.statement)
        return connection

    sqlite3.connect = sqlite3.dbapi2.connect = traced
    sys.addaudithook(counter.audit)


if PLAN:
    _install(Counter(PLAN))

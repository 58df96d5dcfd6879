"""PostgreSQL in a folder, for docs/team/servers.py."""

import getpass
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from running_servers import stop

NAMES = ("mlflow", "mlflow_auth")  # runs and models; users and their permissions
PATIENCE = 300.0  # seconds until a server answers; the first start creates some eighty tables
SOCKET_LIMIT = 100  # bytes of a socket's path, on Linux and macOS


class Database:
    """PostgreSQL on a socket in the folder: no port, so nothing outside of this machine reaches it."""

    def __init__(self, folder: Path, password: str) -> None:
        self.folder, self.password = folder, password
        self.data, self.socket = folder / "postgres", folder / "socket"
        self.programs = _programs()
        # PostgreSQL refuses to run as root
        self.user = "postgres" if os.geteuid() == 0 else getpass.getuser()
        if len(os.fsencode(self.socket / ".s.PGSQL.5432")) > SOCKET_LIMIT:
            sys.exit(f"{folder} is too long a path for PostgreSQL's socket; choose a folder with a shorter path")

    def start(self) -> subprocess.Popen[bytes]:
        """Start PostgreSQL, creating its data at the first start; return its process."""
        for each in (self.data, self.socket):
            each.mkdir(exist_ok=True)
        if os.geteuid() == 0:
            self.folder.chmod(0o711)  # so that its user reaches the folders below
            for each in (self.data, self.socket):
                shutil.chown(each, self.user)
        if not (self.data / "PG_VERSION").exists():
            self._create()
        process = self._popen(
            "postgres", "-D", self.data, "-k", self.socket, "-c", "listen_addresses=", log="postgres.log"
        )
        try:
            wait(lambda: self._call("pg_isready", "-q", "-h", self.socket), [process], self.folder / "postgres.log")
            for name in NAMES:
                self._call("createdb", "-h", self.socket, "-U", "postgres", name)  # fails where it is there
        except BaseException:  # Ctrl-C too
            stop(process)
            raise
        return process

    def uri(self, name: str) -> str:
        """Return SQLAlchemy's URI of one of the databases; psycopg 3 opens it with the password in PGPASSWORD."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.socket}"

    def _create(self) -> None:
        """Create the data, asking for the password at every connection."""
        partial, secret = self.folder / "postgres.partial", self.folder / "socket" / "password"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        secret.write_text(self.password, encoding="utf-8")
        if os.geteuid() == 0:
            for each in (partial, secret):
                shutil.chown(each, self.user)
        options = ["-U", "postgres", "--auth=scram-sha-256", f"--pwfile={secret}", "--encoding=UTF8", "--locale=C"]
        done = self._popen("initdb", "-D", partial, *options, log="initdb.log").wait()
        secret.unlink()
        if done:
            why = (self.folder / "initdb.log").read_text(encoding="utf-8", errors="replace").strip().rpartition("\n")[2]
            sys.exit(f"PostgreSQL's initdb failed: {why}")
        self.data.rmdir()
        partial.replace(self.data)

    def _popen(self, program: str, *arguments: Any, log: str) -> subprocess.Popen[bytes]:
        environment = os.environ | {"PGPASSWORD": self.password, "LC_ALL": "C"}
        with (self.folder / log).open("ab") as output:
            return subprocess.Popen(
                [self.programs / program, *map(str, arguments)],
                cwd="/",
                env=environment,
                user=self.user if os.geteuid() == 0 else None,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C reaches this program alone, which stops MLflow first
            )

    def _call(self, program: str, *arguments: Any) -> bool:
        return self._popen(program, *arguments, log="postgres.log").wait() == 0


def _programs() -> Path:
    """Return the folder of PostgreSQL's programs: that of PATH, else the newest of Debian's."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: int(each.parent.name))
    if not folders:
        sys.exit("PostgreSQL is not installed; on Debian and Ubuntu: apt-get install postgresql")
    return folders[-1]


def wait(
    ready: Callable[[], bool], running: list[subprocess.Popen[bytes]], log: Path, patience: float = PATIENCE
) -> None:
    """Return when `ready`; exit where a process has ended, or after `patience` seconds."""
    until = time.monotonic() + patience
    while True:
        ended = [process for process in running if process.poll() is not None]  # first: another server may answer
        if ended or time.monotonic() > until:
            name = "PostgreSQL" if ended and "postgres" in str(ended[0].args) else "MLflow"
            sys.exit(f"{name} {'has ended' if ended else 'does not answer'}; see {log.parent}/*.log")
        if ready():
            return
        time.sleep(0.2)

"""PostgreSQL and an MLflow server with passwords for a team, in one folder, without Docker: see docs/team.md.

    python docs/team/servers.py FOLDER --member ana --member ben

The first start creates the database, the passwords and a file of variables for each member, `FOLDER/ana.env`; a later
start continues with them. Ctrl-C stops both servers. They answer on this machine only, unless `--host` says otherwise.
It needs PostgreSQL's programs and `pip install "mlflow[auth]" "psycopg[binary]" boto3`, but not this project.
"""

import argparse
import getpass
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

ADMIN = "admin"
DATABASES = ("mlflow", "mlflow_auth")  # runs and models; users and their permissions
PERMISSION = "MANAGE"  # of every member for every experiment and model: see docs/team.md
PATIENCE = 300.0  # seconds until a server answers; the first start creates some eighty tables
SOCKET_LIMIT = 100  # bytes of a socket's path, on Linux and macOS


def main() -> None:
    """Start the servers and wait until they are stopped or one of them ends."""
    options = _options()
    folder = options.folder.resolve()
    os.umask(0o077)  # what is created below is for this user only
    folder.mkdir(parents=True, exist_ok=True)
    passwords = _passwords(folder / "passwords.json", [ADMIN, "postgres", "cookies", *options.member])
    database = Database(folder, passwords["postgres"])
    running: list[subprocess.Popen[bytes]] = []
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        running.append(database.start())
        running.append(_start_mlflow(options, folder, database, passwords))
        address = f"http://127.0.0.1:{options.port}"
        _wait(lambda: _answers(f"{address}/health"), running, folder / "mlflow.log")
        for name in options.member:
            _create_member(address, passwords, name)
            _write_variables(folder / f"{name}.env", options.address or address, name, passwords[name])
        members = ", ".join(f"{folder / name}.env" for name in options.member)
        print(f"MLflow answers at {address}; variables for members: {members or 'none'}; Ctrl-C stops it", flush=True)
        _wait(lambda: False, running, folder / "mlflow.log", patience=float("inf"))
    except KeyboardInterrupt:
        print("stopping", flush=True)
    finally:
        for process in reversed(running):  # MLflow before its database
            _stop(process)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, help="where database, passwords, logs and artifacts are kept")
    parser.add_argument("--member", action="append", default=[], type=_name, help="a user to create; repeat it")
    parser.add_argument("--artifacts", help="s3://BUCKET/PREFIX with AWS's variables; default: FOLDER/artifacts")
    parser.add_argument("--host", default="127.0.0.1", help="the interface to listen on; 0.0.0.0: all (default: %(default)s)")
    parser.add_argument("--port", type=int, default=5000, help="default: %(default)s")
    parser.add_argument("--address", help="what members type, such as https://mlflow.example.com; default: this machine")
    return parser.parse_args()


def _name(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_-]*", text) or text in {ADMIN, "postgres", "cookies"}:
        raise argparse.ArgumentTypeError(f"{text!r} is reserved, or not of a-z, 0-9, _ and -")
    return text


def _passwords(file: Path, names: list[str]) -> dict[str, str]:
    """Return a password for each name; those of earlier starts stay."""
    known: dict[str, str] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    known |= {name: secrets.token_urlsafe(24) for name in names if name not in known}
    partial = file.with_suffix(".partial")
    partial.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    partial.replace(file)
    return known


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
        process = self._popen("postgres", "-D", self.data, "-k", self.socket, "-c", "listen_addresses=", log="postgres.log")
        _wait(lambda: self._call("pg_isready", "-q", "-h", self.socket), [process], self.folder / "postgres.log")
        for name in DATABASES:
            self._call("createdb", "-h", self.socket, "-U", "postgres", name)  # fails where it is there
        return process

    def uri(self, name: str) -> str:
        """Return SQLAlchemy's URI of one of the databases; SQLAlchemy 2.1 opens it with psycopg 3."""
        return f"postgresql+psycopg://postgres:{self.password}@/{name}?host={self.socket}"

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
            sys.exit(f"PostgreSQL's initdb failed; see {self.folder / 'initdb.log'}")
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


def _start_mlflow(
    options: argparse.Namespace, folder: Path, database: Database, passwords: dict[str, str]
) -> subprocess.Popen[bytes]:
    """Start MLflow's server. Secrets go by files and variables: every user of a machine sees command lines."""
    users = {"default_permission": PERMISSION, "database_uri": database.uri("mlflow_auth").replace("%", "%%")}
    users |= {"auth_cache_ttl_seconds": "60"}  # a password's check takes longer than most requests
    lines = [f"{key} = {value}" for key, value in users.items()]
    settings = folder / "auth.ini"
    settings.write_text("\n".join(["[mlflow]", *lines, ""]), encoding="utf-8")
    environment = os.environ | {
        "MLFLOW_BACKEND_STORE_URI": database.uri("mlflow"),
        "MLFLOW_AUTH_CONFIG_PATH": str(settings),
        "MLFLOW_AUTH_ADMIN_USERNAME": ADMIN,
        "MLFLOW_AUTH_ADMIN_PASSWORD": passwords[ADMIN],
        "MLFLOW_FLASK_SERVER_SECRET_KEY": passwords["cookies"],
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",  # background jobs of MLflow's parts for language models
    }
    command = [sys.executable, "-m", "mlflow", "server", "--app-name", "basic-auth", "--workers", "2"]
    command += ["--host", options.host, "--port", str(options.port)]
    command += ["--artifacts-destination", options.artifacts or str(folder / "artifacts")]
    if options.address:
        name = options.address.partition("://")[2].rstrip("/")
        command += ["--allowed-hosts", f"{name},localhost:*,127.0.0.1:*", "--cors-allowed-origins", options.address]
    with (folder / "mlflow.log").open("ab") as log:
        return subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )


def _create_member(address: str, passwords: dict[str, str], name: str) -> None:
    body = json.dumps({"username": name, "password": passwords[name]}).encode()
    login = b64encode(f"{ADMIN}:{passwords[ADMIN]}".encode()).decode()
    headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}
    try:
        urllib.request.urlopen(urllib.request.Request(f"{address}/api/2.0/mlflow/users/create", body, headers)).close()
    except urllib.error.HTTPError as error:
        answer = error.read().decode(errors="replace")
        if "RESOURCE_ALREADY_EXISTS" not in answer:
            sys.exit(f"MLflow did not create the user {name}: {answer}")


def _write_variables(file: Path, address: str, name: str, password: str) -> None:
    variables = {
        "MLFLOW_TRACKING_URI": address,
        "MLFLOW_TRACKING_USERNAME": name,
        "MLFLOW_TRACKING_PASSWORD": password,
    }
    file.write_text("".join(f"export {key}={value}\n" for key, value in variables.items()), encoding="utf-8")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except OSError:
        return False


def _wait(
    ready: Callable[[], bool], running: list[subprocess.Popen[bytes]], log: Path, patience: float = PATIENCE
) -> None:
    """Return when `ready`; exit where a process has ended, or after `patience` seconds."""
    until = time.monotonic() + patience
    while not ready():
        ended = [process for process in running if process.poll() is not None]
        if ended or time.monotonic() > until:
            what = f"{Path(str(ended[0].args[0])).name} has ended" if ended else "the server does not answer"  # type: ignore[index]
            sys.exit(f"{what}; see the logs in {log.parent}")
        time.sleep(0.2)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Interrupt a server: PostgreSQL ends its sessions and writes everything down, MLflow its workers."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()

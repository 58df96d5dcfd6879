"""PostgreSQL and an MLflow server with passwords for a team, in one folder, without Docker: see docs/team.md.

    python docs/team/servers.py FOLDER --member ana --member ben

The first start creates the database, the passwords and a file of variables for each member, `FOLDER/ana.env`; a later
start continues with them. Ctrl-C stops both servers, and so does closing the terminal. They answer on this machine
only, unless `--host` names another interface. They need PostgreSQL's programs and
`pip install "mlflow[auth]" "psycopg[binary]" boto3`, but not this project.
"""

import argparse
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from types import FrameType

from database import Database, wait
from members import ADMIN, create_user, write_variables
from running_servers import reachable, refuse_second, stop

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # Ctrl-C, a service manager, a terminal that is closed
PERMISSION = "MANAGE"  # of every member for every experiment and model: see docs/team.md


def main() -> None:
    """Start the servers and wait until they are stopped or one of them ends."""
    options = _options()
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    os.umask(0o077)  # what is created below is for this user only
    refuse_second(folder)
    _check_port(options.host, options.port)
    passwords = _passwords(folder / "passwords.json", [ADMIN, "postgres", "cookies", *options.member])
    database = Database(folder, passwords["postgres"])
    running: list[subprocess.Popen[bytes]] = []
    for number in SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:  # as nohup has it
            signal.signal(number, _interrupt)
    try:
        running.append(database.start())
        running.append(_start_mlflow(options, folder, database, passwords))
        address = f"http://{reachable(options.host)}:{options.port}"
        wait(lambda: _answers(f"{address}/health"), running, folder / "mlflow.log")
        for name in options.member:
            created = create_user(address, passwords[ADMIN], name, passwords[name])
            if created or not (folder / f"{name}.env").exists():  # a member may have changed the password since
                write_variables(folder, options.address or address, name, passwords[name])
        members = ", ".join(f"{folder / name}.env" for name in options.member)
        print(f"MLflow answers at {address}; variables for members: {members or 'none'}; Ctrl-C stops it", flush=True)
        wait(lambda: False, running, folder / "mlflow.log", patience=float("inf"))
    except KeyboardInterrupt:
        print("stopping", flush=True)
    finally:
        _ignore_signals()
        for process in reversed(running):  # MLflow before its database
            stop(process)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, help="where database, passwords, logs and artifacts are kept")
    parser.add_argument("--member", action="append", default=[], type=_name, help="a user to create; repeat it")
    parser.add_argument("--artifacts", help="s3://BUCKET/PREFIX with AWS's variables; default: FOLDER/artifacts")
    parser.add_argument(
        "--host", default="127.0.0.1", help="the interface to listen on; 0.0.0.0: all (default: %(default)s)"
    )
    parser.add_argument("--port", type=int, default=5000, help="default: %(default)s")
    parser.add_argument(
        "--address", help="what members type, such as https://mlflow.example.com; default: this machine"
    )
    return parser.parse_args()


def _name(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_-]*", text) or text in {ADMIN, "postgres", "cookies"}:
        raise argparse.ArgumentTypeError(f"{text!r} is reserved, or not of a-z, 0-9, _ and -")
    return text


def _check_port(host: str, port: int) -> None:
    """Stop if another program listens there: the administrator's password would be sent to it."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        sys.exit(f"cannot listen on port {port} of {host} ({os.strerror(error.errno or 0)}); choose another --port")


def _passwords(file: Path, names: list[str]) -> dict[str, str]:
    """Return a password for each name; those of earlier starts stay."""
    known: dict[str, str] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    known |= {name: secrets.token_urlsafe(24) for name in names if name not in known}
    partial = file.with_suffix(".partial")
    partial.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    partial.replace(file)
    return known


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
        "PGPASSWORD": database.password,
        "MLFLOW_AUTH_CONFIG_PATH": str(settings),
        "MLFLOW_AUTH_ADMIN_USERNAME": ADMIN,
        "MLFLOW_AUTH_ADMIN_PASSWORD": passwords[ADMIN],
        "MLFLOW_FLASK_SERVER_SECRET_KEY": passwords["cookies"],
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",  # background jobs of MLflow's parts for language models
    }
    command = [sys.executable, "-m", "mlflow", "server", "--app-name", "basic-auth", "--workers", "2"]
    command += ["--host", options.host, "--port", str(options.port)]
    command += ["--artifacts-destination", options.artifacts or str(folder / "artifacts")]
    names = [f"{reachable(options.host)}:*"]  # that MLflow accepts in a Host header
    if options.address:
        names.append(options.address.partition("://")[2].rstrip("/"))
        command += ["--cors-allowed-origins", options.address]
    if options.address or names[0] != "127.0.0.1:*":
        command += ["--allowed-hosts", ",".join(dict.fromkeys([*names, "localhost:*", "127.0.0.1:*"]))]
    with (folder / "mlflow.log").open("ab") as log:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except OSError:
        return False


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    _ignore_signals()
    raise KeyboardInterrupt


def _ignore_signals() -> None:
    """Let nothing disturb the end: a second Ctrl-C, or what a closed terminal sends, would leave servers behind."""
    for number in SIGNALS:
        signal.signal(number, lambda _number, _frame: None)  # with SIG_IGN, Python reports one that is just arriving


if __name__ == "__main__":
    main()

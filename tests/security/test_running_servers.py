"""docs/team/servers.py starts no second server, sees one that has ended, and leaves none behind."""

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "docs/team"
CHILD = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
PARENT = f"""
import signal, subprocess, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
subprocess.Popen([sys.executable, "-c", {CHILD!r}]).wait()
"""


@pytest.fixture
def team_module(monkeypatch):
    """Import a module of docs/team as its programs do."""
    monkeypatch.syspath_prepend(str(FOLDER))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    return __import__


def start(folder, *options):
    command = [sys.executable, str(FOLDER / "servers.py"), str(folder), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("192.168.1.5", "192.168.1.5"),
        ("0.0.0.0", "127.0.0.1"),
        ("fd00::5", "[fd00::5]"),
        ("localhost", "localhost"),
    ],
)
def test_a_server_is_asked_where_it_listens(team_module, host, expected):
    assert team_module("running_servers").reachable(host) == expected


def test_a_second_start_names_the_first(team_module, tmp_path):
    lock = "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path; import running_servers\n"
    lock += "running_servers.refuse_second(Path(sys.argv[2])); print('held', flush=True); input()"
    command = [sys.executable, "-c", lock, str(FOLDER), str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout.readline() == "held\n"
        second = start(tmp_path)
        first.communicate("\n")
    assert second.returncode == 1
    assert re.fullmatch(rf"the servers of .* run already \(pid {first.pid}\)\n", second.stderr)
    assert not (tmp_path / "passwords.json").exists()


def test_a_port_in_use_is_refused_before_anything_is_made(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        done = start(tmp_path, "--port", str(other.getsockname()[1]))
    assert done.returncode == 1
    assert done.stderr.startswith("cannot listen on port")
    assert not (tmp_path / "passwords.json").exists()


def test_a_server_that_has_ended_is_seen_although_another_answers(team_module, tmp_path):
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    with pytest.raises(SystemExit, match="has ended; see "):
        team_module("database").wait(lambda: True, [ended], tmp_path / "x.log")


def test_a_server_that_hangs_is_killed_with_its_workers(team_module, monkeypatch):
    servers = team_module("running_servers")
    monkeypatch.setattr(servers, "PATIENCE", 0.0)
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout.readline() == "up\n"
        servers.stop(process)
        assert process.stdout.read() == ""  # it ends when the worker has
        assert process.returncode == -signal.SIGKILL

"""The command's port, and its end."""

import os
import re
import signal
import socket
import subprocess
import sys

from pipeline.web.server import open_port

# Processes that serve, each interrupted a little later than the one before.
INTERRUPTED_EVERYWHERE = """
import os, signal, threading, time
from pipeline.web.server import open_port, serve

async def application(scope, receive, send):
    raise AssertionError

for delay in range(100):
    child = os.fork()
    if child == 0:
        def interrupt():
            time.sleep(delay / 10000)
            os.kill(os.getpid(), signal.SIGINT)
        try:
            with open_port(0) as listener:
                threading.Thread(target=interrupt).start()
                serve(application, listener)
        except KeyboardInterrupt:
            code = 0
        else:
            code = 1
        os._exit(code)  # after the block, which keeps what the exception refers to
    assert os.waitpid(child, 0)[1] == 0, delay
"""


def test_it_prints_its_address_and_ctrl_c_ends_it_quietly(project, root, model_file):
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline.demo", "--model", str(model_file), "--port", "0"],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(root)},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    line = process.stdout.readline()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+ shows model\.keras; Ctrl-C ends it\n", line), process.stderr.read()
    with socket.create_connection(("127.0.0.1", int(re.findall(r":(\d+)", line)[0]))):  # an idle browser
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=20) == ("", "interrupted.\n")
    assert process.returncode == 130


def test_ctrl_c_ends_it_quietly_at_every_moment_of_its_start(root):
    environment = os.environ | {"PYTHONPATH": str(root)}
    command = [sys.executable, "-c", INTERRUPTED_EVERYWHERE]
    done = subprocess.run(command, env=environment, text=True, capture_output=True, timeout=120, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_port_in_use_is_an_error_that_names_the_cure(command, tmp_path):
    with open_port(0) as other:
        port = other.getsockname()[1]
        ended = command(tmp_path, "pipeline.demo", "--port", str(port), "--model", "missing.keras")
    assert (ended.code, ended.output) == (1, "")
    assert ended.errors == f"error: --port: port {port} is in use; choose another, or 0 for any free one\n"
    ended = command(tmp_path, "pipeline.demo", "--port", "70000")
    assert ended.code == 2
    assert "--port must be from 0 to 65535, got 70000" in ended.errors


def test_a_missing_model_is_an_error(command, tmp_path):
    ended = command(tmp_path, "pipeline.demo", "--port", "0", "--model", "missing.keras")
    assert (ended.code, ended.output, ended.errors) == (1, "", "error: --model: there is no file missing.keras\n")


def test_only_this_computer_can_connect():
    with open_port(0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"

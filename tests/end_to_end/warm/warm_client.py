"""Stands for `python` or `dvc` in a test's PATH: has the command run in a fork of the process that is warm."""

import json
import os
import signal
import socket
import sys

LENGTH = 8


def main(name: str, real: str, address: str) -> None:
    """Run the command in a fork and end as it ends; run the real program if it is no command of the project."""
    arguments = sys.argv[1:]
    if name == "python" and arguments[:1] != ["-m"]:
        os.execv(real, [real, *arguments])
    server = socket.socket(socket.AF_UNIX)
    server.connect(address)
    folder = os.getcwd()  # noqa: PTH109 (pathlib takes as long to import as all the rest)
    request = {"name": name, "arguments": arguments, "folder": folder, "environment": dict(os.environ)}
    data = json.dumps(request).encode()
    socket.send_fds(server, [len(data).to_bytes(LENGTH)], [0, 1, 2])
    server.sendall(data)
    fork = int.from_bytes(server.recv(LENGTH, socket.MSG_WAITALL))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, frame: os.kill(fork, number))
    status = int.from_bytes(server.recv(LENGTH, socket.MSG_WAITALL), signed=True)
    if status < 0:
        signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    sys.exit(status)

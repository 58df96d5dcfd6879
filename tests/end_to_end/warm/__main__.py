"""Run commands in forks of this process, which has imported the libraries: `python -m tests.end_to_end.warm SOCKET`.

It imports nothing of the project: a fork finds `pipeline` in the folder in which it runs. It ends when its standard
input does.
"""

import atexit
import gc
import importlib
import json
import os
import runpy
import selectors
import shutil
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

LIBRARIES = (
    "pandas",
    "pyarrow.parquet",
    "sklearn.gaussian_process",
    "scipy.stats",
    "matplotlib.pyplot",
    "tensorflow",
    "keras_tuner",
    "mlflow.pyfunc.scoring_server",
    "mlflow.store.tracking.sqlalchemy_store",
    "hydra",
    "pydantic",
    "rich.console",
    "jinja2",
    "PIL.Image",
    "dvc.cli",
    "dvc.repo.experiments",
    "dvc.commands.repro",
    "dvc.render",
)
LENGTH = 8  # bytes of the number before a request


class Forks:
    """Forks this process for each request, and reports how each fork ended.

    Args:
        address: of the socket to listen on; its folder is removed at the end.
    """

    def __init__(self, address: str) -> None:
        self._folder = Path(address).parent
        self._selector = selectors.DefaultSelector()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(address)
        self._listener.listen(64)
        self._watch(self._listener, self._accept)
        self._watch(0, self._end)
        self._command: dict[str, Any] | None = None

    def wait_for_command(self) -> dict[str, Any]:
        """Serve until the test process ends; return in a fork only, with its request."""
        while self._command is None:
            self._selector.select()[0][0].data()  # one at a time: it may make the others stale
        return self._command

    def _watch(self, source: Any, action: Callable[[], None]) -> None:
        self._selector.register(source, selectors.EVENT_READ, action)

    def _end(self) -> None:
        self._listener.close()
        shutil.rmtree(self._folder)
        sys.exit()

    def _accept(self) -> None:
        client, _ = self._listener.accept()
        files: list[int] = []
        try:
            data, files, *_ = socket.recv_fds(client, LENGTH, 3, socket.MSG_WAITALL)
            request = json.loads(_received(client, int.from_bytes(data)))
        except (OSError, ValueError):  # the client was killed before all was sent
            for file in files:
                os.close(file)
            client.close()
            return
        child = os.fork()
        if not child:
            client.close()
            self._close()
            self._become(request, files)
            return
        for file in files:
            os.close(file)
        with suppress(OSError):  # it was killed: _abandon follows
            client.sendall(child.to_bytes(LENGTH))
        end = os.pidfd_open(child)
        self._watch(end, lambda: self._report(child, end, client))
        self._watch(client, lambda: self._abandon(child, client))

    def _report(self, child: int, end: int, client: socket.socket) -> None:
        """Send the client the exit status of its fork."""
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        self._selector.unregister(end)
        os.close(end)
        if client.fileno() >= 0:
            self._selector.unregister(client)
            with suppress(OSError):  # it was killed
                client.sendall(status.to_bytes(LENGTH, signed=True))
            client.close()

    def _abandon(self, child: int, client: socket.socket) -> None:
        """Kill the fork of a client that was killed."""
        self._selector.unregister(client)
        client.close()
        os.kill(child, signal.SIGKILL)

    def _close(self) -> None:
        """Close in a fork what is this process's: an object closed later would close a file of the command instead."""
        for source in [key.fileobj for key in self._selector.get_map().values()]:
            if isinstance(source, socket.socket):
                source.close()
            elif source != 0:
                os.close(source)
        self._selector.close()

    def _become(self, request: dict[str, Any], files: list[int]) -> None:
        """Let this fork have the client's standard streams, folder and environment."""
        for number, file in enumerate(files):
            os.dup2(file, number)
            os.close(file)
        os.chdir(request["folder"])
        os.environ.clear()
        os.environ.update(request["environment"])
        tempfile.tempdir = None  # as that of the environment
        signal.signal(signal.SIGINT, signal.default_int_handler)
        np.random.seed()  # the generator of all: else forks would draw the same numbers
        self._command = request


def _received(client: socket.socket, left: int) -> bytes:
    parts = []
    while left and (part := client.recv(left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def run(name: str, arguments: list[str]) -> None:
    """Run `python -m MODULE ARGUMENTS` or `dvc ARGUMENTS` in this process."""
    if name == "dvc":
        from dvc.cli import main

        sys.argv = [name, *arguments]
        sys.exit(main())
    sys.path.insert(0, str(Path.cwd()))
    sys.argv = arguments[1:]
    runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)


def end_at_once(code: int) -> None:
    """End this process without taking its modules apart, which would copy all memory that it shares with the others."""
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
    sys.path.remove(str(Path.cwd()))
    for library in LIBRARIES:
        importlib.import_module(library)
    gc.freeze()
    command = Forks(sys.argv[1]).wait_for_command()
    try:
        run(command["name"], command["arguments"])
    except SystemExit as end:
        if not isinstance(end.code, int | None):
            raise
        end_at_once(end.code or 0)
    end_at_once(0)

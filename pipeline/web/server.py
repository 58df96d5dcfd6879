"""An application served on this computer only."""

import errno
import signal
import socket

import uvicorn
from starlette.types import ASGIApp

from pipeline.base.errors import PipelineError

HOST = "127.0.0.1"
WAITING = 128  # connections that wait to be accepted
PATIENCE = 2  # seconds that a request may still take after Ctrl-C


def open_port(port: int) -> socket.socket:
    """Return a socket that listens on a port of this computer, not reachable from others.

    Args:
        port: its number; 0 for any that is free.

    Raises:
        PipelineError: the port is in use, or not allowed.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a server that has just ended is no obstacle
    try:
        listener.bind((HOST, port))
        listener.listen(WAITING)
    except OSError as error:
        listener.close()
        reason = "in use" if error.errno == errno.EADDRINUSE else f"not available ({error.strerror})"
        raise PipelineError(f"--port: port {port} is {reason}; choose another, or 0 for any free one") from None
    return listener


def address(listener: socket.socket) -> str:
    """Return the address to type into a browser."""
    return f"http://{HOST}:{listener.getsockname()[1]}"


def serve(application: ASGIApp, listener: socket.socket) -> None:
    """Serve until Ctrl-C.

    Args:
        application: what answers.
        listener: from `open_port`.

    Raises:
        KeyboardInterrupt: Ctrl-C; requests under way have been answered.
    """
    config = uvicorn.Config(
        application,
        access_log=False,
        lifespan="off",
        log_level="error",
        server_header=False,
        timeout_graceful_shutdown=PATIENCE,
        ws="none",
    )
    server = uvicorn.Server(config)
    # uvicorn does so only once its event loop runs; Ctrl-C before that would leave the loop half made
    before = signal.signal(signal.SIGINT, server.handle_exit)
    try:
        server.run(sockets=[listener])
    finally:
        signal.signal(signal.SIGINT, before)
    raise KeyboardInterrupt

"""Ctrl-C, SIGTERM and SIGHUP: the first ends a command in order, a second one does not disturb that."""

import os
import signal
import threading
import time
from types import FrameType

GRACE = 5.0  # seconds in which a command that was stopped may clean up before another signal ends it at once
EXIT_INTERRUPTED = 130  # after Ctrl-C
SHELL = 128  # an exit code is this plus the signal's number, by the shells' convention
_stopped: list[tuple[int, float]] = []  # the first signal, and when it came


def handle_stop_signals() -> None:
    """Let the first signal raise KeyboardInterrupt in the main thread.

    Within a few seconds after it others are ignored, since people and tools send several; later ones end the process at
    once, as a kill does. Signals that this process ignores, or that others handle, stay as they are.
    """
    _stopped.clear()
    if threading.current_thread() is not threading.main_thread():
        return
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _stop)
    for one in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(one) == signal.SIG_DFL:
            signal.signal(one, _stop)


def stop_exit_code() -> int:
    """Return the exit code of a command that was stopped: 130 after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP."""
    return SHELL + (_stopped[0][0] if _stopped else signal.SIGINT)


def _stop(number: int, frame: FrameType | None) -> None:
    if not _stopped:
        _stopped.append((number, time.monotonic()))
        raise KeyboardInterrupt
    if time.monotonic() - _stopped[0][1] > GRACE:
        os._exit(stop_exit_code())

"""A trial's checkpoints, of which only one worker may make use at a time."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from pipeline.training.checkpoints.checkpoint_store import CheckpointStore

PATIENCE = 30.0  # seconds
PAUSE = 0.2  # seconds between two looks


@contextmanager
def held_checkpoints(checkpoints: CheckpointStore, patience: float = PATIENCE) -> Iterator[CheckpointStore]:
    """Hold a trial's checkpoints; if another worker holds them, hold empty ones that are removed at the end.

    That other worker was abandoned by the chief, but may still be alive: a worker of a killed search ends within
    seconds, one that hangs may never end.

    Args:
        checkpoints: of the trial.
        patience: seconds to wait for the other worker.
    """
    until = time.monotonic() + patience
    with ExitStack() as stack:
        while not (held := _hold(checkpoints, stack)) and time.monotonic() < until:
            time.sleep(PAUSE)
        if held:
            yield checkpoints
            return
    folder = checkpoints.folder
    separate = CheckpointStore(folder.parents[1], f"{folder.name}-{os.getpid()}")
    try:
        with separate.hold(lambda _: None):
            yield separate
    finally:
        separate.clear()


class _BusyError(Exception):
    """Another worker holds the checkpoints."""


def _hold(checkpoints: CheckpointStore, stack: ExitStack) -> bool:
    """Let `stack` hold the checkpoints; return False, without waiting, if another worker holds them."""

    def busy(_: str) -> None:
        raise _BusyError

    try:
        stack.enter_context(checkpoints.hold(busy))
    except _BusyError:
        return False
    return True

"""A trial's checkpoints, of which only one worker may make use at a time."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.base.locks.process_lock import is_held
from pipeline.training.checkpoints.checkpoint_folder import LOCK
from pipeline.training.checkpoints.checkpoint_store import CheckpointStore

PATIENCE = 30.0  # seconds


@contextmanager
def held_checkpoints(checkpoints: CheckpointStore, patience: float = PATIENCE) -> Iterator[CheckpointStore]:
    """Hold a trial's checkpoints; if another worker holds them, hold empty ones that are removed at the end.

    That other worker was given up by the chief, but may still be alive: a worker of a killed search ends within
    seconds, one that hangs may never end.

    Args:
        checkpoints: of the trial.
        patience: seconds to wait for the other worker.
    """
    until = time.monotonic() + patience
    while is_held(checkpoints.folder / LOCK) and time.monotonic() < until:
        time.sleep(0.2)
    if not is_held(checkpoints.folder / LOCK):
        with checkpoints.hold(lambda _: None):
            yield checkpoints
        return
    folder = checkpoints.folder
    separate = CheckpointStore(folder.parents[1], f"{folder.name}-{os.getpid()}")
    try:
        with separate.hold(lambda _: None):
            yield separate
    finally:
        separate.clear()

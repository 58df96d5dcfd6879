"""When a checkpoint is saved within an epoch."""

import time
from collections.abc import Callable
from typing import Protocol

SHARE = 0.02  # of the training time, at most, for saving within epochs


class SaveTimes(Protocol):
    """Decides after each batch."""

    def due(self) -> bool:
        """Return whether a checkpoint is due."""
        ...

    def saved(self, seconds: float) -> None:
        """Take note of a checkpoint, also of one after an epoch.

        Args:
            seconds: that saving it took.
        """
        ...


class EveryMinutes:
    """A checkpoint when the last one is this old; later, if saving takes so long that it would cost more than 2%.

    Args:
        minutes: between two checkpoints; None: only after epochs.
        clock: returns seconds.
    """

    def __init__(self, minutes: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock, self._last = clock, clock()
        self.interval = self._wait = 60.0 * minutes if minutes else None

    def due(self) -> bool:
        """Return whether the last checkpoint is old enough."""
        return self._wait is not None and self.clock() - self._last >= self._wait

    def saved(self, seconds: float) -> None:
        """Start the time anew.

        Args:
            seconds: that saving took.
        """
        self._last = self.clock()
        if self.interval is not None:
            self._wait = max(self.interval, seconds / SHARE)

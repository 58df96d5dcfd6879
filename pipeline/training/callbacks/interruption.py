"""Ctrl-C and SIGTERM during training: held back until the batch has ended, so that a checkpoint can be saved first."""

import signal
import threading
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self

from pipeline.base.processes.stop_signals import GRACE

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interruption:
    """While it is entered, holds back a signal whenever `holding` is true.

    Others within a few seconds after it are ignored, a later one takes effect at once. A signal for which the process
    has no handler is left alone.

    Attributes:
        holding: whether a signal is held back now.
    """

    def __init__(self) -> None:
        self.holding = False
        self._pending: int | None = None
        self._since = 0.0
        self._handlers: dict[int, Callable[[int, FrameType | None], Any]] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():  # others may set no handlers
            for number in SIGNALS:
                handler = signal.getsignal(number)
                if callable(handler):
                    self._handlers[number] = handler
                    signal.signal(number, self._receive)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        if kind is None:
            self.take_effect()

    @property
    def pending(self) -> bool:
        """Whether a signal is held back."""
        return self._pending is not None

    def take_effect(self) -> None:
        """Let a signal that was held back have its effect, if there is one.

        Raises:
            BaseException: whatever its handler raises; KeyboardInterrupt for Ctrl-C.
        """
        if self._pending is not None:
            number, self._pending = self._pending, None
            self._handlers[number](number, None)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        if self.holding and self._pending is None:
            self._pending, self._since = number, time.monotonic()
        elif self._pending is None or time.monotonic() - self._since > GRACE:
            self._pending = None
            self._handlers[number](number, frame)

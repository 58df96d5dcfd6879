"""Ctrl-C and SIGTERM during training: held back until the batch has ended, so that a checkpoint can be saved first."""

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """While it is entered, holds back one signal whenever `holding` is true; a second one takes effect at once.

    A signal for which the process has no handler is left alone.

    Attributes:
        holding: whether a signal is held back now.
    """

    def __init__(self) -> None:
        self.holding = False
        self._pending: int | None = None
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
            self._pending = number
        else:
            self._pending = None
            self._handlers[number](number, frame)

"""Ctrl-C in libraries that are not made for it: some crash on import, others turn it into an error of theirs."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, Self


class Interrupts:
    """Remembers Ctrl-C within the block, so that a library cannot lose it; a context manager.

    Outside of the main thread, and where Ctrl-C is ignored, it does nothing.
    """

    def __init__(self) -> None:
        self._pressed = self._waits = False
        self._before: Any = None

    def __enter__(self) -> Self:
        main = threading.current_thread() is threading.main_thread()
        if main and callable(signal.getsignal(signal.SIGINT)):
            self._before = signal.signal(signal.SIGINT, self._press)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    @contextmanager
    def deferred(self) -> Iterator[None]:
        """Let Ctrl-C wait until the end of the block."""
        self._waits = True
        try:
            yield
        finally:
            self._waits = False
        self.check()

    def check(self) -> None:
        """Raise KeyboardInterrupt if Ctrl-C was pressed, whatever a library has made of it."""
        if self._pressed:
            raise KeyboardInterrupt

    def _press(self, number: int, frame: FrameType | None) -> None:
        self._pressed = True
        if not self._waits:
            raise KeyboardInterrupt

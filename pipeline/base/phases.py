"""How long each phase of a command takes."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

PHASES_FILE = "PIPELINE_PHASES"


class PhaseTimer:
    """Seconds of wall time by phase; `start-up` (since the process began) comes first.

    If the environment variable `PIPELINE_PHASES` names a file, `close` appends one JSON line to it.
    """

    def __init__(self, command: str) -> None:
        self.command = command
        self.seconds: dict[str, float] = {}
        self._since = time.monotonic() - max(time.time() - psutil.Process().create_time(), 0.0)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time the block as `name`, and the time since the last phase as `start-up` or `other`."""
        self._lap("other" if self.seconds else "start-up")
        try:
            yield
        finally:
            self._lap(name)

    def close(self) -> None:
        """Print one line with all phases; append it to `$PIPELINE_PHASES` if set."""
        self._lap("other")
        total = sum(self.seconds.values())
        parts = ", ".join(f"{name} {value:.1f}" for name, value in self.seconds.items() if value >= 0.05)
        print(f"{self.command}: {total:.1f} s ({parts})", flush=True)
        if target := os.environ.get(PHASES_FILE):
            with Path(target).open("a", encoding="utf-8") as lines:
                lines.write(json.dumps({"command": self.command, "seconds": self.seconds}) + "\n")

    def _lap(self, name: str) -> None:
        now = time.monotonic()  # which nobody sets back
        self.seconds[name] = self.seconds.get(name, 0.0) + now - self._since
        self._since = now

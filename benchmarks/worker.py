"""Processes that are set up once, then measured in turns: what slows the machine down for a while slows all of them.

A worker prints one line when it is ready, then one line for each question; these lines begin with `@`.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

MARK = "@"
LEAST = 2  # steps in a measurement, however slow they are


class WorkerError(Exception):
    """A worker ended before it answered; its last words."""


@dataclass(frozen=True)
class Measured:
    """An amount of work with what it took.

    Attributes:
        units: images, or floating-point operations.
        seconds: of wall time.
        cpu: seconds of processor time, all threads together.
    """

    units: float
    seconds: float
    cpu: float

    @property
    def rate(self) -> float:
        """Units per second of wall time."""
        return self.units / self.seconds


def timed(step: Callable[[], Any], units: float, seconds: float, least: int = LEAST) -> Measured:
    """Call `step` once, then for `seconds` and at least `least` times; return what these took.

    Args:
        step: returns when its work is done.
        units: of work in one call.
        seconds: of wall time to go on for.
        least: calls that are counted at least.
    """
    step()
    count, began, core = 0, time.monotonic(), time.process_time()
    while count < least or time.monotonic() - began < seconds:
        step()
        count += 1
    return Measured(count * units, time.monotonic() - began, time.process_time() - core)


def serve(ways: Mapping[str, Callable[[float], Measured]], facts: Mapping[str, Any]) -> None:
    """Tell `facts`, then answer each line `WAY SECONDS` of the input by measuring that way."""
    print(MARK + json.dumps(dict(facts)), flush=True)
    for line in sys.stdin:
        way, seconds = line.split()
        print(MARK + json.dumps(asdict(ways[way](float(seconds)))), flush=True)


class Worker:
    """A module of this folder run as a worker in a project; a context manager.

    Attributes:
        facts: what it told when it was ready.
    """

    def __init__(self, module: str, project: Path, environment: Mapping[str, str], *arguments: str) -> None:
        self._module = module
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"benchmarks.{module}", *arguments],
            cwd=project, env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors,
        )  # fmt: skip
        try:
            self.facts: dict[str, Any] = self._answer()
        except BaseException:
            self._process.kill()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()

    def ask(self, way: str, seconds: float) -> Measured:
        """Return what the worker measures of `way` in about `seconds`."""
        assert self._process.stdin
        self._process.stdin.write(f"{way} {seconds}\n")
        self._process.stdin.flush()
        return Measured(**self._answer())

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        for line in self._process.stdout:
            if line.startswith(MARK):
                answer: dict[str, Any] = json.loads(line[len(MARK) :])
                return answer
        self._process.wait()
        raise WorkerError(f"{self._module} ended: {last_words(self._errors)}")


def last_words(errors: IO[bytes]) -> str:
    """Return the last line of what a process wrote to its error stream."""
    errors.seek(0)
    lines = errors.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"

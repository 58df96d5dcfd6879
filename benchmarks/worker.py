"""Workers: processes that are set up once and then measured in turns.

Whatever slows the machine down for a while then slows all of them. A worker prints one line when it is ready and one
line for each measurement; these lines begin with `@`.
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
MINIMUM_CALLS = 2  # in a measurement, however slow they are


class WorkerError(Exception):
    """A measured process ended early; the message has the last line of its error output."""


@dataclass(frozen=True)
class Measurement:
    """An amount of work and the time it took.

    Attributes:
        units: images, or floating-point operations.
        seconds: wall time.
        cpu: processor time in seconds, all threads together.
    """

    units: float
    seconds: float
    cpu: float

    @property
    def rate(self) -> float:
        """Units per second of wall time."""
        return self.units / self.seconds


def measure(step: Callable[[], Any], units: float, seconds: float, minimum: int = MINIMUM_CALLS) -> Measurement:
    """Call `step` once to warm up, then repeatedly; return what the repeated calls took.

    Args:
        step: returns when its work is done.
        units: units of work in one call.
        seconds: wall time after which no further call starts.
        minimum: number of measured calls, even if they take longer than `seconds`.
    """
    step()
    count, start, cpu_start = 0, time.monotonic(), time.process_time()
    while count < minimum or time.monotonic() - start < seconds:
        step()
        count += 1
    return Measurement(count * units, time.monotonic() - start, time.process_time() - cpu_start)


def serve(cases: Mapping[str, Callable[[float], Measurement]], facts: Mapping[str, Any]) -> None:
    """Report `facts`, then answer each line `CASE SECONDS` of standard input by measuring that case."""
    print(MARK + json.dumps(dict(facts)), flush=True)
    for line in sys.stdin:
        case, seconds = line.split()
        print(MARK + json.dumps(asdict(cases[case](float(seconds)))), flush=True)


class Worker:
    """A process that runs a module of `benchmarks` and measures on request; a context manager.

    Args:
        module: name of the module inside `benchmarks`, such as `speed.workers.bare_step`.
        project: working directory of the process.
        environment: its environment variables.
        arguments: its command-line arguments.

    Attributes:
        facts: what it reported when it was ready.

    Raises:
        WorkerError: the process ended before it was ready.
    """

    def __init__(self, module: str, project: Path, environment: Mapping[str, str], *arguments: str) -> None:
        self._module = module
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process
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

    def measure(self, case: str, seconds: float) -> Measurement:
        """Return the worker's measurement of `case`, which takes about `seconds`."""
        assert self._process.stdin
        self._process.stdin.write(f"{case} {seconds}\n")
        self._process.stdin.flush()
        return Measurement(**self._answer())

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        for line in self._process.stdout:
            if line.startswith(MARK):
                answer: dict[str, Any] = json.loads(line[len(MARK) :])
                return answer
        self._process.wait()
        raise WorkerError(f"{self._module} ended: {last_line(self._errors)}")


def last_line(errors: IO[bytes]) -> str:
    """Return the last line that a process wrote to its error output."""
    errors.seek(0)
    lines = errors.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it printed no error"

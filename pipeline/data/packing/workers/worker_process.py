"""A process that decodes images, seen from the one that started it."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from pipeline.base.errors import PipelineError
from pipeline.data.packing.decoding.chunk_decoder import DecodingSettings, ImageContent
from pipeline.data.packing.image_batch import ImageBatch
from pipeline.data.packing.workers.memory_budget import MemoryBudget
from pipeline.data.packing.workers.messages import Chunk, MemoryNeeded, receive, send

PROJECT = Path(__file__).parents[4]
# Large buffers go back to the system at once; libraries start no threads.
ENVIRONMENT = {"MALLOC_MMAP_THRESHOLD_": str(2**22), "MALLOC_TRIM_THRESHOLD_": str(2**23), "OPENBLAS_NUM_THREADS": "1"}


class WorkerProcess:
    """Starts a process; it ends when this one does, whatever ends it.

    It is in a separate process group, so that Ctrl-C does not reach it, and imports nothing of this program's main
    module.

    Args:
        settings: what is done with each image.
        budget: of memory, for all processes.
    """

    def __init__(self, settings: DecodingSettings, budget: MemoryBudget) -> None:
        self._budget = budget
        paths = os.pathsep.join(filter(None, [str(PROJECT), os.environ.get("PYTHONPATH")]))
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "pipeline.data.packing.workers.decode_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | ENVIRONMENT | {"PYTHONPATH": paths},
            process_group=0,
        )
        assert self._process.stdin
        assert self._process.stdout
        self._to, self._from = self._process.stdin, self._process.stdout
        self._send(settings)

    def decode(self, start: int, contents: Sequence[ImageContent]) -> ImageBatch:
        """Let the process decode consecutive images, see ChunkDecoder.

        Raises:
            PipelineError: the process has ended.
        """
        self._send(Chunk(start, contents))
        taken = 0
        try:
            while isinstance(answer := receive(self._from), MemoryNeeded):
                self._budget.give_back(taken)  # of the image before
                taken = 0
                taken = self._budget.take(answer.size)
                self._send("taken")
        except (EOFError, OSError):
            raise self._ended() from None
        finally:
            self._budget.give_back(taken)
        assert isinstance(answer, ImageBatch)
        return answer

    def kill(self) -> None:
        """End the process at once; whoever waits for its answer gets an error."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """Free what a process that has ended leaves here; nobody may wait for its answer any more."""
        self._from.close()
        with contextlib.suppress(OSError):  # of what it did not read any more
            self._to.close()

    def _send(self, message: object) -> None:
        try:
            send(self._to, message)
        except OSError:
            raise self._ended() from None

    def _ended(self) -> PipelineError:
        code = self._process.wait()
        if code == -signal.SIGKILL:
            return PipelineError(
                "a process that decodes images was killed, probably for lack of memory; give this machine or container "
                "more memory, or lower data.audit.limits.pixels, then run the command again"
            )
        how = f"by {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
        return PipelineError(f"a process that decodes images ended {how}; run the command again")

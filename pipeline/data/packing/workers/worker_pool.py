"""Worker processes side by side, and the threads that feed them."""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext

from pipeline.data.packing.decoding.chunk_decoder import DecodingSettings, ImageContent
from pipeline.data.packing.image_batch import ImageBatch
from pipeline.data.packing.workers.memory_budget import MemoryBudget
from pipeline.data.packing.workers.worker_process import WorkerProcess

BUDGET = 2**29  # bytes for large images in all processes together
LARGE = 2**23  # bytes of a file
THREADS = 2  # per process: one reads the next chunk while the process decodes
AHEAD = 3  # chunks per process that are read, decoded, or wait to be fetched in order

Contents = Callable[[], Sequence[ImageContent]]


class WorkerPool:
    """Decodes chunks of a listing in several processes.

    Args:
        settings: what is done with each image.
        count: of processes.
        budget: bytes for large images.

    Attributes:
        window: chunks to submit ahead, so that no process waits for work.
    """

    def __init__(self, settings: DecodingSettings, count: int, budget: int = BUDGET) -> None:
        memory = MemoryBudget(budget)
        self._idle: queue.SimpleQueue[WorkerProcess] = queue.SimpleQueue()
        self._large = threading.Lock()  # one large file at a time is in memory as it was read
        self._processes: list[WorkerProcess] = []
        self.window = AHEAD * count
        self._threads = ThreadPoolExecutor(THREADS * count, "decoding")
        try:
            for _ in range(count):
                self._processes.append(WorkerProcess(settings, memory))
                self._idle.put(self._processes[-1])
        except BaseException:
            self.close()
            raise

    def submit(
        self, start: int, size: int, read: Callable[[], Sequence[ImageContent]]
    ) -> "Future[tuple[ImageBatch, float]]":
        """Let a process decode a chunk; the result comes with the seconds that this took.

        Args:
            start: index of the chunk's first image in the listing.
            size: bytes that reading it takes in this process.
            read: returns the chunk's contents; called in a thread.
        """
        turn = self._large if size > LARGE else nullcontext()
        return self._threads.submit(self._decode, start, turn, read)

    def close(self) -> None:
        """End all processes, whatever they do."""
        for process in self._processes:
            process.kill()
        for process in self._processes:
            self._idle.put(process)  # nobody waits for ever for one
        self._threads.shutdown(wait=True, cancel_futures=True)
        for process in self._processes:
            process.close()

    def _decode(self, start: int, turn: AbstractContextManager[object], read: Contents) -> tuple[ImageBatch, float]:
        with turn:
            contents = read()
            process, begun = self._idle.get(), time.perf_counter()
            try:
                return process.decode(start, contents), time.perf_counter() - begun
            finally:
                self._idle.put(process)

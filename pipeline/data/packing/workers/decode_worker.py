"""The program of a process that decodes images for another one, as long as that lives."""

import os
import queue
import sys
import threading
import traceback
import warnings
from typing import IO, Any

from pipeline.data.packing.decoding.chunk_decoder import ChunkDecoder, DecodingSettings
from pipeline.data.packing.workers.messages import Chunk, MemoryNeeded, receive, send


def main() -> None:
    """Answer each chunk that arrives with an ImageBatch, or a sentence about what went wrong."""
    results = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get among the results
    warnings.simplefilter("ignore")  # Pillow's, of damaged metadata
    arrived: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_receive_all, args=(sys.stdin.buffer, arrived), daemon=True).start()

    def wait_for_memory(size: int) -> None:
        send(results, MemoryNeeded(size))
        arrived.get()

    settings: DecodingSettings = arrived.get()
    decoder = ChunkDecoder(settings, wait_for_memory)
    while True:
        chunk: Chunk = arrived.get()
        send(results, decoder.decode(chunk.start, chunk.contents))


def _receive_all(pipe: IO[bytes], arrived: "queue.SimpleQueue[Any]") -> None:
    """Pass on what arrives; the process ends with the one that sends, even while it decodes."""
    try:
        while True:
            arrived.put(receive(pipe))
    except EOFError:
        os._exit(0)
    except BaseException:  # this thread must not end alone: everyone else would wait for ever
        traceback.print_exc()
        os._exit(1)


if __name__ == "__main__":
    main()

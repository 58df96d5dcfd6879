"""The images of a listing decoded, in its order."""

import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path

from pipeline.data.packing.decoding.chunk_decoder import ChunkDecoder, DecodingSettings
from pipeline.data.packing.decoding.chunk_sizes import ChunkSizes
from pipeline.data.packing.decoding.listing_contents import ListingContents
from pipeline.data.packing.image_batch import ImageBatch
from pipeline.data.packing.workers.worker_pool import BUDGET, WorkerPool
from pipeline.data.record import Record
from pipeline.runtime.engine.cores import usable_cores
from pipeline.runtime.images.preprocessing import Preprocessing

MOST_WORKERS = 16  # each takes 50 MB before it decodes anything


def decode_listing(
    records: Sequence[Record],
    preprocessing: Preprocessing | None,
    max_pixels: int,
    known: Path | None = None,
    workers: int | None = None,
    budget: int = BUDGET,
) -> Iterator[ImageBatch]:
    """Decode, measure and resize every image of a listing, and yield them in its order.

    A few images are decoded in this process; if the others would take long, other processes decode them. What comes
    out, but for the sizes of the batches, does not depend on that.

    Args:
        records: of the listing.
        preprocessing: of the pixels; None: they are not needed.
        max_pixels: of an image that is decoded.
        known: the first 8 bytes of digests whose images need no decoding, see KnownDigests; None: decode all.
        workers: processes to use, from the first image on; None: as many as there are cores, if it is worth it.
        budget: bytes that large images may take in all processes together.

    Raises:
        PipelineError: a process was killed.
    """
    settings = DecodingSettings(preprocessing, max_pixels, known)
    contents, sizes = ListingContents(records), ChunkSizes(preprocessing)
    try:
        start = 0
        if workers is None:
            workers = min(usable_cores(), MOST_WORKERS)
            decoder = ChunkDecoder(settings)
            while start < len(records) and (workers == 1 or not sizes.worth_workers(len(records) - start)):
                end = contents.end(start, sizes.images())
                chunk, begun = contents.read(start, end), time.perf_counter()
                batch = decoder.decode(start, chunk)
                sizes.note(end - start, time.perf_counter() - begun)
                yield batch
                start = end
        if start < len(records):
            yield from _decoded_by_workers(contents, sizes, start, WorkerPool(settings, workers, budget))
    finally:
        contents.close()


def _decoded_by_workers(
    contents: ListingContents, sizes: ChunkSizes, start: int, pool: WorkerPool
) -> Iterator[ImageBatch]:
    ahead = deque[Future[tuple[ImageBatch, float]]]()
    try:
        while ahead or start < len(contents.records):
            while start < len(contents.records) and len(ahead) < pool.window:
                end = contents.end(start, sizes.images())
                ahead.append(pool.submit(start, contents.size(start, end), partial(contents.read, start, end)))
                start = end
            batch, seconds = ahead.popleft().result()
            sizes.note(len(batch.digests), seconds)
            yield batch
    finally:
        pool.close()

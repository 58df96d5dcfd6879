"""The images of a batch that were decoded before are put back in their places."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.data.packing.image_batch import ImageBatch
from pipeline.data.packing.known_images import KnownImages

Part = tuple[NDArray[np.int64], NDArray[np.void], NDArray[np.uint8] | None]  # places in the batch, measures, pixels


def complete_batch(
    batch: ImageBatch, known: KnownImages, decode: Callable[[int], ImageBatch]
) -> tuple[ImageBatch, int]:
    """Return the batch with measures and pixels of all images that can be decoded, and how many were known.

    Args:
        batch: some of whose images were not decoded, since their digests are known.
        known: has them; one that is damaged there is decoded after all.
        decode: decodes the image with an index in the listing, as a batch of one.
    """
    if not batch.known.any():
        return batch, 0
    wanted = np.flatnonzero(batch.known)
    good, measures, pixels = known.take(batch.digests[wanted])
    failures = dict(batch.failures)
    decoded = np.setdiff1d(np.flatnonzero(~batch.known), list(failures))
    parts: list[Part] = [(decoded, batch.measures, batch.pixels), (wanted[good], measures, pixels)]
    for place in wanted[~good]:
        single = decode(batch.start + int(place))
        if single.failures:
            failures[int(place)] = single.failures[0]
        else:
            parts.append((np.array([place]), single.measures, single.pixels))
    order = np.argsort(np.concatenate([places for places, _, _ in parts]))
    return (
        replace(
            batch,
            known=np.zeros(len(batch.known), np.bool_),
            failures=failures,
            measures=np.concatenate([found for _, found, _ in parts])[order],
            pixels=np.concatenate([found for _, _, found in parts if found is not None])[order],
        ),
        int(good.sum()),
    )

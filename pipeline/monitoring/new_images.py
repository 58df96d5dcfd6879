"""New images decoded, measured and classified, exactly as those of the reference were."""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.base.progress_bar import ProgressBar
from pipeline.data.decoded_image import DecodedImage, all_measures, decoded_image
from pipeline.monitoring.comparison import NewImages
from pipeline.monitoring.reference.embedding_space import EmbeddingSpace
from pipeline.monitoring.reference.image_table import ImageTable, measured_table
from pipeline.monitoring.reference.reference_builder import probabilities_and_features
from pipeline.runtime.classifier import Classifier, batch_size, worker_count
from pipeline.runtime.engine.engine_interface import Engine
from pipeline.runtime.images.decode import MAX_PIXELS, open_upright
from pipeline.runtime.images.image_inputs import NamedImage, file_image
from pipeline.runtime.images.unreadable_error import UnreadableError


@dataclass(frozen=True)
class MeasuredBatch:
    """Some images.

    Attributes:
        errors: why an image cannot be read, or an empty string, for each.
        measures: of the readable ones; None if there are none.
    """

    errors: Sequence[str]
    measures: NewImages | None


class ImageMeter:
    """Measures images.

    Args:
        classifier: the model.
        space: of the reference's embeddings, or None.
    """

    def __init__(self, classifier: Classifier, space: EmbeddingSpace | None) -> None:
        self.classifier, self.space = classifier, space

    def stream(self, images: Sequence[NamedImage], workers: int = 1) -> Iterator[MeasuredBatch]:
        """Yield the images' measures, batch by batch in their order; pixels are not kept.

        Args:
            images: to measure.
            workers: how many threads decode, measure and classify batches.
        """
        size, engine = batch_size(len(images), workers), self.classifier.engine.shared(workers)
        batches = (images[at : at + size] for at in range(0, len(images), size))
        pool = ThreadPoolExecutor(workers)
        try:
            waiting: deque[Future[MeasuredBatch]] = deque()
            for batch in islice(batches, 2 * workers):
                waiting.append(pool.submit(self._measured, batch, engine))
            while waiting:
                yield waiting.popleft().result()
                waiting.extend(pool.submit(self._measured, batch, engine) for batch in islice(batches, 1))
        finally:
            pool.shutdown(cancel_futures=True)

    def _measured(self, images: Sequence[NamedImage], engine: Engine) -> MeasuredBatch:
        errors, decoded = [], []
        for image in images:
            try:
                upright = open_upright(image.open, MAX_PIXELS, self.classifier.spec.preprocessing)
                decoded.append(decoded_image(upright, self.classifier.spec.preprocessing))
                errors.append("")
            except UnreadableError as error:
                errors.append(str(error))
        return MeasuredBatch(errors, self._table(decoded, engine) if decoded else None)

    def _table(self, decoded: Sequence[DecodedImage], engine: Engine) -> NewImages:
        pixels = np.stack([one.pixels for one in decoded if one.pixels is not None])
        probabilities, features = probabilities_and_features(engine, pixels)
        embedding = self.space.places(features) if self.space and features.shape[1] else features[:, :0]
        width, height = (np.array([getattr(one, name) for one in decoded], np.int64) for name in ("width", "height"))
        sharpness: NDArray[np.float64] = np.array([one.sharpness for one in all_measures(decoded)], np.float64)
        return NewImages(measured_table(width, height, pixels, probabilities, embedding), sharpness)


def measure_files(
    meter: ImageMeter, files: Sequence[Path]
) -> tuple[NewImages | None, list[NamedImage], list[tuple[str, str]]]:
    """Return the measures of the readable images, these images, and path and reason of the others.

    Progress is shown on standard error.

    Args:
        meter: that measures them.
        files: to measure.
    """
    from rich.console import Console

    images, workers = [file_image(file) for file in files], worker_count(len(files))
    batches: list[MeasuredBatch] = []
    with ProgressBar("measure", len(files), "images", Console(stderr=True)) as bar:
        for batch in meter.stream(images, workers):
            batches.append(batch)
            bar.advance(len(batch.errors))
    errors = [error for batch in batches for error in batch.errors]
    readable = [image for image, error in zip(images, errors, strict=True) if not error]
    unreadable = [(image.name, error) for image, error in zip(images, errors, strict=True) if error]
    return _joined(batches), readable, unreadable


def _joined(batches: Sequence[MeasuredBatch]) -> NewImages | None:
    found = [batch.measures for batch in batches if batch.measures]
    if not found:
        return None
    return NewImages(ImageTable.joined([one.table for one in found]), np.concatenate([one.sharpness for one in found]))

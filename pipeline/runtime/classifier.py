"""Images in, predictions out: each core decodes and classifies its batches."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .engine.cores import usable_cores
from .engine.engine_interface import Engine
from .images.decode import decode_pixels
from .images.image_inputs import ImageInput, NamedImage, named_images
from .images.unreadable_error import UnreadableError
from .model_spec import ModelSpec
from .pipeline_error import PipelineError
from .prediction import PredictedBatch, Prediction, prediction_table

if TYPE_CHECKING:
    import pandas as pd

BATCH = 32  # images


class Classifier:
    """A trained network with all that it takes to classify an image.

    Args:
        name: of the model, for people.
        spec: class names and preprocessing.
        engine: what computes it.
    """

    def __init__(self, name: str, spec: ModelSpec, engine: Engine) -> None:
        self.name, self.spec, self.engine = name, spec, engine

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names in index order."""
        return self.spec.classes

    def predict(self, images: ImageInput | Iterable[ImageInput], top: int = 1) -> "pd.DataFrame":
        """Return a table with a row per image: name, predicted, confidence, predicted_2, …, error.

        Args:
            images: one or several: paths, bytes of image files, Pillow images, arrays of pixels from 0 to 255; of any
                size, since they are decoded and resized as the training images were.
            top: how many classes to name.

        Raises:
            PipelineError: an array is no image, or its pixels were scaled.
        """
        if not isinstance(top, int) or top < 1:
            raise PipelineError(f"top must be a whole number of at least 1, got {top!r}")
        inputs = list(named_images(images))
        return prediction_table(list(self._batches(inputs, worker_count(len(inputs)))), self.classes, top)

    def stream(self, images: Sequence[NamedImage], workers: int = 1) -> Iterator[Prediction]:
        """Yield predictions in the order of the images, as they become ready.

        Memory does not grow with the number of images.

        Args:
            images: to classify.
            workers: how many threads decode and classify batches.
        """
        for batch in self._batches(images, workers):
            yield from batch.predictions()

    def _batches(self, images: Sequence[NamedImage], workers: int) -> Iterator[PredictedBatch]:
        size = batch_size(len(images), workers)
        batches = (images[at : at + size] for at in range(0, len(images), size))
        engine = self.engine.shared(workers)
        if len(images) <= size:  # another thread would only cost time
            yield from (self._predict_batch(batch, engine) for batch in batches)
            return
        pool = ThreadPoolExecutor(workers)
        try:
            waiting: deque[Future[PredictedBatch]] = deque()
            for batch in islice(batches, 2 * workers):
                waiting.append(pool.submit(self._predict_batch, batch, engine))
            while waiting:
                yield waiting.popleft().result()
                waiting.extend(pool.submit(self._predict_batch, batch, engine) for batch in islice(batches, 1))
        finally:
            pool.shutdown(cancel_futures=True)

    def probabilities(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return class probabilities, (images, classes), of prepared pixels, (images, height, width, channels)."""
        return self.engine.probabilities(pixels)

    def _pixels(self, image: NamedImage) -> NDArray[np.uint8]:
        preprocessing = self.spec.preprocessing
        if image.pixels is not None and image.pixels.shape == preprocessing.shape:
            return image.pixels
        return decode_pixels(image.open, preprocessing)

    def _predict_batch(self, images: Sequence[NamedImage], engine: Engine) -> PredictedBatch:
        pixels = np.empty((len(images), *self.spec.preprocessing.shape), np.uint8)
        errors, count = [], 0
        for image in images:
            try:
                pixels[count] = self._pixels(image)
            except UnreadableError as error:
                errors.append(str(error))
            else:
                errors.append("")
                count += 1
        found = engine.probabilities(pixels[:count]) if count else np.empty((0, len(self.classes)), np.float32)
        return PredictedBatch([image.name for image in images], found, errors)


def batch_size(images: int, workers: int) -> int:
    """Return the number of images in a batch: at most 32, with equally many batches for each worker."""
    batches = workers * max(1, -(-images // (workers * BATCH)))
    return max(1, -(-images // batches))


def worker_count(images: int) -> int:
    """Return the number of threads that is fastest for `images` images: one, using all cores, or one for each core."""
    return 1 if images <= BATCH else usable_cores()

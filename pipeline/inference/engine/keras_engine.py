"""Keras: runs any saved network, wherever TensorFlow does."""

import threading
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.base.errors import PipelineError, one_line
from pipeline.base.tensorflow_import import import_tensorflow


class KerasEngine:
    """A saved network under Keras.

    Args:
        file: a `.keras` file.

    Raises:
        PipelineError: Keras cannot read it.
    """

    def __init__(self, file: Path) -> None:
        import_tensorflow()
        import keras

        try:
            self.network = keras.models.load_model(file, compile=False)
        except Exception as error:  # whatever a damaged or hostile file makes Keras raise
            raise PipelineError(f"Keras cannot read {file}: {one_line(error)}") from None
        self.name = f"Keras {keras.config.floatx()} ({keras.backend.backend()})"
        self._maps: keras.Model | None = None
        self._features: keras.Model | None = None
        self._lock = threading.Lock()  # one call uses all cores

    def shared(self, threads: int) -> "KerasEngine":
        """Return itself: one call uses all cores, however many threads wait for theirs."""
        return self

    def probabilities(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return class probabilities, (images, classes)."""
        with self._lock:
            return np.asarray(self.network.predict_on_batch(pixels), np.float32)

    def features(self, pixels: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
        """Return class probabilities, and the pooled features, (images, features), or None."""
        import keras

        from pipeline.model.pooled_features import pooled_features

        with self._lock:
            if self._features is None:
                features = pooled_features(self.network)
                if features is None:
                    return None
                self._features = keras.Model(self.network.inputs, [self.network.outputs[0], features])
            probabilities, vectors = self._features.predict_on_batch(pixels)
            return np.asarray(probabilities, np.float32), np.asarray(vectors[:, 0], np.float32)

    def class_maps(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32] | None:
        """Return class activation maps, (images, rows, columns, classes), or None."""
        import keras

        from pipeline.model.class_maps import class_maps

        with self._lock:
            if self._maps is None:
                maps = class_maps(self.network)
                if maps is None:
                    return None
                self._maps = keras.Model(self.network.inputs, maps)
            return np.asarray(self._maps.predict_on_batch(pixels), np.float32)

"""Memory of networks that are no longer used, released."""

import gc

import keras

from pipeline.training.engine.keras_internals import drop_registered_gradients


def release_memory() -> None:
    """Release what Keras and TensorFlow keep of the networks built so far.

    Networks built before this call cannot be trained any more.
    """
    keras.backend.clear_session(free_memory=False)
    drop_registered_gradients()
    gc.collect()

"""What is left in the process of networks that are done with."""

import gc

import keras


def forget() -> None:
    """Give back what Keras and TensorFlow keep of the networks built so far.

    TensorFlow registers the gradients that a traced step defines for itself, under a name of their own, and never
    drops them; each holds its graph. A network built before may not be differentiated anew.
    """
    from tensorflow.python.framework import ops

    keras.backend.clear_session(free_memory=False)
    registered = getattr(getattr(ops, "gradient_registry", None), "_registry", {})
    for name in [name for name in registered if name.startswith("CustomGradient-")]:
        del registered[name]
    gc.collect()

"""TensorFlow imported without its start-up messages."""

import os
import warnings

from pipeline.base.held_output import held_stderr


def import_tensorflow() -> None:
    """Import TensorFlow and list its devices; hold back what its native code prints meanwhile.

    If the import fails, all of it is shown.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
    with held_stderr():
        import absl.logging
        import tensorflow as tf

        absl.logging.set_verbosity(absl.logging.ERROR)
        tf.config.list_physical_devices()
    warnings.filterwarnings("ignore", message="The structure of `inputs` doesn't match")

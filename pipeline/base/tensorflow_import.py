"""TensorFlow imported without its start-up messages."""

import os
import sys
import tempfile
import warnings


def import_tensorflow() -> None:
    """Import TensorFlow and list its devices; hold back what its native code prints meanwhile.

    That code writes to standard error before any log level applies. If the import fails, all of it is shown.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            import absl.logging
            import tensorflow as tf

            absl.logging.set_verbosity(absl.logging.ERROR)
            tf.config.list_physical_devices()
        except BaseException:
            held.seek(0)
            os.write(kept, held.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)
    warnings.filterwarnings("ignore", message="The structure of `inputs` doesn't match")

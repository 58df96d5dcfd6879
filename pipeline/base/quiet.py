"""TensorFlow without its start-up chatter."""

import os


def quiet_tensorflow() -> None:
    """Keep TensorFlow's native log lines below errors off the terminal; to be called before it is imported."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
    import absl.logging

    absl.logging.set_verbosity(absl.logging.ERROR)
    absl.logging.use_absl_handler()

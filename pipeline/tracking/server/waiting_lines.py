"""Lines that say that a server is waited for."""

import logging
import sys
import threading
import time

from pipeline.base.addresses.credentials import masked

REPEAT = 30.0  # seconds between two lines that say that a server is waited for


def report_retries(uri: str) -> None:
    """Print a line when MLflow asks a server again, instead of a warning for each time."""
    logger = logging.getLogger("urllib3.connectionpool")
    logger.handlers = [_RetryLines(uri)]
    logger.propagate = False


class _RetryLines(logging.Handler):
    def __init__(self, uri: str) -> None:
        super().__init__(logging.WARNING)
        self.uri, self.printed = uri, -REPEAT

    def emit(self, record: logging.LogRecord) -> None:
        """Print that the server is waited for, unless that was said just now."""
        if (
            str(record.msg).startswith("Retrying")
            and threading.current_thread() is threading.main_thread()
            and time.monotonic() - self.printed >= REPEAT
        ):
            self.printed = time.monotonic()
            print_waiting(self.uri)


def print_waiting(uri: str) -> None:
    """Print that the server at `uri` is waited for, on the error stream."""
    print(f"waiting for the MLflow server at {masked(uri)}", file=sys.stderr, flush=True)  # an output may be JSON

"""How long MLflow waits for a store: its settings, and the two internals that no setting reaches.

Its own defaults wait for minutes without a word: seven retries with 120 seconds each, ten attempts at a database.
"""

import logging
import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

TIMEOUT_VARIABLE, RETRIES_VARIABLE = "MLFLOW_HTTP_REQUEST_TIMEOUT", "MLFLOW_HTTP_REQUEST_MAX_RETRIES"
DEFAULTS = {  # a value of the user's wins
    TIMEOUT_VARIABLE: "15",  # seconds for an answer
    RETRIES_VARIABLE: "4",  # after 2, 4, 8 and 16 seconds: a server that restarts is waited for
    "PGCONNECT_TIMEOUT": "10",  # libpq's, in seconds
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}
FILE_TIMEOUT = 300  # seconds without progress until a file is abandoned: what was sent waits in buffers of slow links
BRIEF = (TIMEOUT_VARIABLE, RETRIES_VARIABLE)
BRIEF_IN = "PIPELINE_BRIEF_REQUESTS"  # environment variable: the process that set them for a block, and which
SILENT = ("mlflow.store.db.utils", "mlflow.system_metrics")  # they print tracebacks of what is reported here anyway


_lock = threading.Lock()
_blocks: list[int] = []  # those of `brief_requests` that have not ended
_usual: dict[str, str] = {}  # values to return to after them


def configure_mlflow() -> None:
    """Set how long MLflow waits, and which of its messages are shown; calling it again changes nothing."""
    from mlflow.store.artifact import http_artifact_repo
    from mlflow.store.db import utils
    from mlflow.utils.rest_utils import http_request

    _forget_inherited()
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    http_artifact_repo.http_request = partial(
        http_request, timeout=max(FILE_TIMEOUT, int(os.environ[TIMEOUT_VARIABLE]))
    )
    utils.MAX_RETRY_COUNT = 1
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", module="mlflow")


@contextmanager
def brief_requests(seconds: int) -> Iterator[None]:
    """Let MLflow ask once and wait for `seconds` only, within the block; a value of the user's wins.

    Threads may do this at once: the first one's seconds hold until the last block has ended.
    """
    with _lock:
        if not _blocks:
            _usual.update({name: DEFAULTS[name] for name in BRIEF if os.environ.get(name) in (None, DEFAULTS[name])})
            brief = {TIMEOUT_VARIABLE: str(seconds), RETRIES_VARIABLE: "0"}
            os.environ.update({name: brief[name] for name in _usual})
            os.environ[BRIEF_IN] = " ".join((str(os.getpid()), *_usual))
        _blocks.append(seconds)
    try:
        yield
    finally:
        with _lock:
            _blocks.pop()
            if not _blocks:
                os.environ.update(_usual)
                os.environ.pop(BRIEF_IN, None)
                _usual.clear()


def _forget_inherited() -> None:
    """Forget the brief values of the process that started this one within a block: they are not the user's."""
    process, *names = os.environ.get(BRIEF_IN, "").split() or [""]
    if process and process != str(os.getpid()):
        os.environ.pop(BRIEF_IN)
        for name in set(names) & set(BRIEF):
            os.environ.pop(name, None)

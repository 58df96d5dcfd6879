"""Questions to a store that may not answer: waited for briefly, with a line that says so, then one sentence."""

import logging
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import TypeVar

from pipeline.base.addresses.credentials import PASSWORD, TOKEN, USERNAME, masked
from pipeline.base.errors import StoreError, one_line

ENVIRONMENT = "MLFLOW_TRACKING_URI"
PATIENCE = 10.0  # seconds in which a server must answer
TIMEOUT = 4  # seconds for one answer
REQUEST_SECONDS = 8  # for what is sent while other work continues
PAUSE = 1.0  # seconds between two questions
REPEAT = 30.0  # seconds between two lines that say that a server is waited for
NOT_ALLOWED, FORBIDDEN, FAILED = 401, 403, 500  # statuses of HTTP, the last one and above: the server's fault
PASSING = (NOT_ALLOWED, FORBIDDEN, 408, 429)  # refusals that end: new credentials, a server with less to do
Answer = TypeVar("Answer")


def is_server(uri: str) -> bool:
    """Return whether a store is an MLflow server, asked over HTTP."""
    return uri.startswith(("http://", "https://"))


def first_answer(uri: str, ask: Callable[[], Answer]) -> Answer:
    """Return what `ask` returns; a server that does not answer is asked again for some seconds, with a line.

    Args:
        uri: of the store.
        ask: asks MLflow.

    Raises:
        StoreError: the server does not answer, or does not let this user in.
    """
    from pipeline.tracking.server.mlflow_internals import brief_requests

    until, waiting = time.monotonic() + PATIENCE, False
    while True:
        try:
            if is_server(uri):
                _check_health(uri)
            with brief_requests(TIMEOUT):
                return ask()
        except store_failures() as error:
            if not is_server(uri) or not is_outage(error) or time.monotonic() + PAUSE > until:
                raise StoreError(failure_sentence(uri, error)) from None
        if not waiting:
            _print_waiting(uri)
            waiting = True
        time.sleep(PAUSE)


def store_failures() -> tuple[type[Exception], ...]:
    """Return the errors by which MLflow, a database, a network or a store of files say that they fail."""
    from mlflow.exceptions import MlflowException
    from requests import RequestException
    from sqlalchemy.exc import SQLAlchemyError

    failures: tuple[type[Exception], ...] = (
        MlflowException,
        SQLAlchemyError,
        RequestException,
        ConnectionError,
        TimeoutError,
    )
    for module, name in (
        ("botocore.exceptions", "BotoCoreError"),
        ("botocore.exceptions", "ClientError"),
        ("boto3.exceptions", "Boto3Error"),
        ("google.api_core.exceptions", "GoogleAPIError"),
    ):
        if module in sys.modules:
            failures += (getattr(sys.modules[module], name),)
    return failures


def is_outage(error: Exception) -> bool:
    """Return whether a store failed for now, rather than refused what was asked."""
    return _status(error) >= FAILED


def is_final(error: Exception) -> bool:
    """Return whether the same thing, sent again, would be refused again, as metrics of a run that was deleted."""
    if not isinstance(error, store_failures()):
        return isinstance(error, FileNotFoundError) or not isinstance(error, OSError)
    if getattr(error, "error_code", "") == "ENDPOINT_NOT_FOUND":  # no MLflow answered, but what stands before it
        return False
    return not is_outage(error) and _status(error) not in PASSING


def failure_sentence(uri: str, error: Exception) -> str:
    """Return what to say about a store that failed: which, why, what to do; no secret.

    Args:
        uri: of the store.
        error: one of `store_failures`.
    """
    status, shown = _status(error), masked(uri)
    if is_server(uri) and status == NOT_ALLOWED:
        return (
            f"the MLflow server at {shown} asks for a user and a password that it knows: set the environment variables "
            f"{USERNAME} and {PASSWORD}, or {TOKEN}"
        )
    if is_server(uri) and status == FORBIDDEN:
        return (
            f"the MLflow server at {shown} does not allow this ({reason_of(error)}): ask for the permission, or set "
            f"{USERNAME} and {PASSWORD} to those of another user"
        )
    if is_server(uri) and status >= FAILED:
        cure = f"start it, or correct tracking.uri or {ENVIRONMENT}"
        return f"no MLflow server answers at {shown} ({reason_of(error)}); {cure}"
    return f"MLflow cannot use the store {shown} (tracking.uri or {ENVIRONMENT}): {reason_of(error)}{_cure(uri, error)}"


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
            _print_waiting(self.uri)


def _print_waiting(uri: str) -> None:
    print(f"waiting for the MLflow server at {masked(uri)}", file=sys.stderr, flush=True)  # an output may be JSON


def _check_health(uri: str) -> None:
    """Ask for the page by which a server says that it runs.

    Raises:
        ConnectionError: there is no answer.
    """
    try:
        with urllib.request.urlopen(f"{uri.rstrip('/')}/health", timeout=TIMEOUT):
            return
    except urllib.error.HTTPError:
        return  # it answers; MLflow reports what it refuses
    except urllib.error.URLError as error:
        raise ConnectionError(str(error.reason)) from None
    except (OSError, ValueError) as error:  # http.client's, and of what is no URL
        raise ConnectionError(one_line(error)) from None


def _status(error: Exception) -> int:
    """Return the status of HTTP that tells best what an error is: 500 where there is none."""
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", None)
    if isinstance(status, int):
        return status
    ask = getattr(error, "get_http_status_code", None)
    return int(ask()) if ask else FAILED


def reason_of(error: Exception) -> str:
    """Return the message of an error on one line, shortened, without secrets."""
    return masked(one_line(error, 160))


def _cure(uri: str, error: Exception) -> str:
    text = str(error)
    if not uri.startswith("sqlite:"):
        return ""
    if "is locked" in text:
        return "; another process is writing to it: end it, or wait, then run the command again"
    if "readonly" in text or "unable to open" in text:
        return "; make the file and its folder writable for you"
    if "is full" in text:
        return "; make room on the disk"
    name = uri.rpartition("/")[2]
    return (
        f"; if the file was damaged, or left incomplete by an interrupted process, move it away "
        f"(mv {name} {name}.broken): what DVC keeps is logged again by dvc repro"
    )

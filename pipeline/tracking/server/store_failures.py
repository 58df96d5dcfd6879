"""Errors of a store: which there are, whether they pass, and one sentence about them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.base.addresses.credentials import PASSWORD, TOKEN, USERNAME, masked
from pipeline.base.errors import StoreError, one_line

ENVIRONMENT = "MLFLOW_TRACKING_URI"
NOT_ALLOWED, FORBIDDEN, FAILED = 401, 403, 500  # statuses of HTTP, the last one and above: the server's fault
PASSING = (NOT_ALLOWED, FORBIDDEN, 408, 429)  # refusals that end: new credentials, a server with less to do


def is_server(uri: str) -> bool:
    """Return whether a store is an MLflow server, asked over HTTP."""
    return uri.startswith(("http://", "https://"))


def failure_types() -> tuple[type[Exception], ...]:
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
    if not isinstance(error, failure_types()):
        return isinstance(error, FileNotFoundError) or not isinstance(error, OSError)
    if getattr(error, "error_code", "") == "ENDPOINT_NOT_FOUND":  # no MLflow answered, but what stands before it
        return False
    return not is_outage(error) and _status(error) not in PASSING


@contextmanager
def store_errors(uri: str) -> Iterator[None]:
    """Turn MLflow's errors in the block into one sentence about the store at `uri`.

    Raises:
        StoreError: MLflow failed.
    """
    try:
        yield
    except failure_types() as error:
        if is_server(uri) and not is_outage(error):
            raise StoreError(failure_sentence(uri, error)) from None
        reason = masked(one_line(error, 200))
        raise StoreError(
            f"the MLflow store {masked(uri)} failed: {reason}; run the command again to complete it"
        ) from None


def failure_sentence(uri: str, error: Exception) -> str:
    """Return what to say about a store that failed: which, why, what to do; no secret.

    Args:
        uri: of the store.
        error: one of `failure_types`.
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


def reason_of(error: Exception) -> str:
    """Return the message of an error on one line, shortened, without secrets."""
    return masked(one_line(error, 160))


def _status(error: Exception) -> int:
    """Return the status of HTTP that tells best what an error is: 500 where there is none."""
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", None)
    if isinstance(status, int):
        return status
    ask = getattr(error, "get_http_status_code", None)
    return int(ask()) if ask else FAILED


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
        f"(mv {name} {name}.broken) and repeat the command; python -m pipeline.models sync logs the last result again"
    )

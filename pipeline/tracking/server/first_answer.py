"""The first question to a store, which may not answer: repeated for some seconds, with a line that says so."""

import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import TypeVar

from pipeline.base.errors import StoreError, one_line
from pipeline.tracking.server.store_failures import failure_sentence, failure_types, is_outage, is_server
from pipeline.tracking.server.waiting_lines import print_waiting

PATIENCE = 10.0  # seconds in which a server must answer
TIMEOUT = 4  # seconds for one answer
PAUSE = 1.0  # seconds between two questions
SOON = 1.0  # seconds
Answer = TypeVar("Answer")


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
                return twice_if_soon(ask)
        except failure_types() as error:
            if not is_server(uri) or not is_outage(error) or time.monotonic() + PAUSE > until:
                raise StoreError(failure_sentence(uri, error)) from None
        if not waiting:
            print_waiting(uri)
            waiting = True
        time.sleep(PAUSE)


def twice_if_soon(ask: Callable[[], Answer]) -> Answer:
    """Return what `ask` returns; if it fails soon, ask once more: a connection may have been lost, or was idle.

    Args:
        ask: asks MLflow; asking twice changes nothing.
    """
    began = time.monotonic()
    try:
        return ask()
    except failure_types():
        if time.monotonic() - began > SOON:
            raise
    return ask()


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

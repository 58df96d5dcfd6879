"""A store that fails in the middle of something, in one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.base.addresses.credentials import masked
from pipeline.base.errors import StoreError, one_line
from pipeline.tracking.server.store_answers import failure_sentence, is_outage, is_server, store_failures


@contextmanager
def store_errors(uri: str) -> Iterator[None]:
    """Turn MLflow's errors in the block into one sentence about the store at `uri`.

    Raises:
        StoreError: MLflow failed.
    """
    try:
        yield
    except store_failures() as error:
        if is_server(uri) and not is_outage(error):
            raise StoreError(failure_sentence(uri, error)) from None
        reason = masked(one_line(error, 200))
        raise StoreError(
            f"the MLflow store {masked(uri)} failed: {reason}; run the command again to complete it"
        ) from None

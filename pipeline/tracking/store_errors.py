"""A store that fails in the middle of something, in one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.base.errors import StoreError, one_line


@contextmanager
def store_errors(uri: str) -> Iterator[None]:
    """Turn MLflow's errors in the block into one sentence about the store at `uri`.

    Raises:
        StoreError: MLflow failed.
    """
    from mlflow.exceptions import MlflowException

    try:
        yield
    except MlflowException as error:
        raise StoreError(
            f"the MLflow store {uri} failed: {one_line(error, 200)}; run the command again to complete it"
        ) from None

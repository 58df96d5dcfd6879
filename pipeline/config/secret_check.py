"""Secrets refused in settings: those are written to params.yaml, dvc.lock and MLflow, and shared with git."""

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.base.addresses.credentials import has_secret, secret_advice
from pipeline.base.errors import PipelineError

QUOTES = "'\""


def check_secrets(values: Mapping[str, Any], origin: str) -> None:
    """Refuse an address that holds a password, a token or a signature, without showing it.

    Args:
        values: nested plain values.
        origin: what to name as the place that they come from.

    Raises:
        PipelineError: with the variables to set instead.
    """
    for key, text in sorted(_texts(values), key=lambda found: found[0].startswith("overrides")):
        if has_secret(text):
            name, address = text.partition("=")[::2] if key.startswith("overrides") else (key, text)
            raise PipelineError(
                f"{origin}: {name} holds a password, a token or a signature, which would be written to params.yaml, "
                f"dvc.lock and MLflow; {secret_advice(name, address.strip(QUOTES))}"
            )


def _texts(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield from _texts(one, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list | tuple):
        for number, one in enumerate(value):
            yield from _texts(one, f"{key}.{number}")

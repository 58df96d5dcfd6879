"""A model as its evaluation left it: predictions, settings, where it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

SETTINGS = ("data", "model", "recipe", "evaluation")  # those that shape a model or its evaluation


@dataclass(frozen=True)
class EvaluatedModel:
    """A model with the predictions for its test images.

    Attributes:
        title: what it is, such as `DVC experiment brave-owl (commit 1a2b3c4)`.
        table: rows of a predictions table, without the columns of probabilities.
        classes: class names in index order.
        settings: values by dotted key; empty if unknown.
        facts: what is known of its origin: labels and texts.
        fitted: digests of images that it was trained or validated on, as far as they are known besides the table's.
    """

    title: str
    table: pd.DataFrame
    classes: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    fitted: frozenset[str] = frozenset()


def flat_settings(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a params.yaml that shape a model or its evaluation, by dotted key.

    Args:
        values: nested, as in params.yaml.
    """
    from pipeline.config.hydra_api import flatten

    return flatten({name: values[name] for name in SETTINGS if name in values})

"""conf/ composed by Hydra into plain, checked values."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from omegaconf.errors import OmegaConfBaseException

from pipeline.base.errors import PipelineError
from pipeline.config.hydra_api import compose_unresolved, flatten, hydra_message, to_values
from pipeline.config.overrides import overrides_from


def compose(root: Path, overrides: Sequence[str] = ()) -> dict[str, Any]:
    """Compose `root`/conf with `overrides` (in Hydra's grammar) into the values of params.yaml.

    Raises:
        PipelineError: Hydra refuses an override, or the schema refuses the result.
    """
    config = compose_unresolved(root, overrides)
    try:
        with overrides_from(root):
            return to_values(config, resolve=True)
    except OmegaConfBaseException as error:
        raise PipelineError(hydra_message(error)) from None


def changed_keys(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return every dotted key whose value differs between two nested mappings, with both values (None if absent)."""
    before, after = flatten(old), flatten(new)
    keys = dict.fromkeys([*after, *before])
    return {
        key: (before.get(key), after.get(key))
        for key in keys
        if before.get(key) != after.get(key) or (key in before) != (key in after)
    }

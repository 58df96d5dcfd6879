"""conf/ composed by Hydra into plain, checked values."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from omegaconf.errors import OmegaConfBaseException

from pipeline.base.errors import PipelineError
from pipeline.config.hydra_conf import flat, one_line, plain, unresolved
from pipeline.config.overrides import composing


def compose(root: Path, overrides: Sequence[str] = ()) -> dict[str, Any]:
    """Compose `root`/conf with `overrides` (Hydra's grammar) into the values of params.yaml.

    Raises:
        PipelineError: Hydra refuses an override, or the schema refuses the result.
    """
    config = unresolved(root, overrides)
    try:
        with composing(root):
            return plain(config, resolve=True)
    except OmegaConfBaseException as error:
        raise PipelineError(one_line(error)) from None


def differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return every dotted key whose value differs between two nested mappings, with both values (None if absent)."""
    before, after = flat(old), flat(new)
    keys = dict.fromkeys([*after, *before])
    return {
        key: (before.get(key), after.get(key))
        for key in keys
        if before.get(key) != after.get(key) or (key in before) != (key in after)
    }

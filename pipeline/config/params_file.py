"""params.yaml: the composed settings that DVC tracks and stages read."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from pipeline.base.errors import PipelineError, one_line
from pipeline.base.files import write_text
from pipeline.base.paths import PARAMS
from pipeline.config.parse import missing_keys, parse_config
from pipeline.config.schema.pipeline_schema import Config

COMMAND = "python -m pipeline.params"


def write_params(root: Path, values: Mapping[str, Any]) -> None:
    """Write composed `values` to `root`/params.yaml, formatted as DVC formats it when it composes."""
    from omegaconf import OmegaConf

    write_text(root / PARAMS, OmegaConf.to_yaml(OmegaConf.create(dict(values))))


def read_values(root: Path) -> dict[str, Any]:
    """Return the plain values in `root`/params.yaml.

    Raises:
        PipelineError: the file is missing or is not a YAML mapping.
    """
    try:
        values = yaml.safe_load((root / PARAMS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PipelineError(f"{PARAMS} is missing; compose it with: {COMMAND}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PipelineError(f"{PARAMS} is not valid YAML ({one_line(error)}); compose it with: {COMMAND}") from None
    if not isinstance(values, dict):
        raise PipelineError(f"{PARAMS} holds no settings; compose it with: {COMMAND}")
    return values


def read_params(root: Path) -> Config:
    """Return the checked settings in `root`/params.yaml.

    Raises:
        PipelineError: the file is missing or malformed, or the schema refuses it.
    """
    values = read_values(root)
    try:
        return parse_config(values, PARAMS)
    except PipelineError as error:
        if not missing_keys(values):
            raise
        command = " ".join([COMMAND, *map(shlex.quote, recorded_overrides(root))])
        raise PipelineError(f"{error} An earlier version of this project wrote such files: {command}") from None


def recorded_overrides(root: Path, replaced_by: list[str] | tuple[str, ...] = ()) -> list[str]:
    """Return the overrides that params.yaml records, except those that `replaced_by` sets anew.

    Args:
        root: the project's folder.
        replaced_by: overrides of a key, or of the file that a key comes from.
    """
    keys = {override.lstrip("+~").partition("=")[0] for override in replaced_by}
    groups = {key for key in keys if "." not in key}
    return [
        str(override)
        for override in read_values(root).get("overrides") or []
        if (key := str(override).partition("=")[0]) not in keys and key.partition(".")[0] not in groups
    ]

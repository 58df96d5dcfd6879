"""Hydra's composition of conf/ with interpolations unresolved, and Hydra's errors in one sentence."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.errors import HydraException, OverrideParseException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from pydantic import BaseModel

from pipeline.base.errors import PipelineError
from pipeline.base.paths import CONF
from pipeline.config.override_check import check_overrides
from pipeline.config.schema.pipeline_schema import Config

NOISE = ("full_key", "object_type", "reference_type", "See ")
RAISED = "PipelineError raised while resolving interpolation: "


def compose_unresolved(
    root: Path, overrides: Sequence[str] = (), primary: str = "config", schema: type[BaseModel] = Config
) -> DictConfig:
    """Compose `root`/conf with `overrides`, interpolations left as they are.

    Args:
        root: the project's folder.
        overrides: in Hydra's grammar.
        primary: name of the file in conf/ that lists all others.
        schema: whose keys may be overridden.

    Raises:
        PipelineError: Hydra refuses an override.
    """
    check_overrides(root, overrides, schema)
    GlobalHydra.instance().clear()
    try:
        with initialize_config_dir(str(root / CONF), version_base=None):
            return compose(primary, overrides=list(overrides))
    except OverrideParseException as error:
        raise PipelineError(
            f"{hydra_message(error)} Put values with special characters in quotes: \"KEY='VALUE'\"."
        ) from None
    except yaml.YAMLError as error:
        raise PipelineError(_yaml_message(root, error)) from None
    except (HydraException, OmegaConfBaseException) as error:
        raise PipelineError(hydra_message(error)) from None


def _yaml_message(root: Path, error: yaml.YAMLError) -> str:
    """Return in one sentence where a file of conf/ is no YAML, and what is wrong there."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    reason = getattr(error, "problem", None) or str(error).splitlines()[0]
    if mark is None:
        return f"a file in {CONF}/ is not YAML: {reason}"
    file = Path(str(mark.name))
    place = file.relative_to(root) if file.is_relative_to(root) else file
    return f"{place}, line {mark.line + 1}, column {mark.column + 1} is not YAML: {reason}"


def to_values(config: DictConfig, *, resolve: bool) -> dict[str, Any]:
    """Return `config` as nested plain values."""
    values = OmegaConf.to_container(config, resolve=resolve)
    assert isinstance(values, dict)
    return {str(key): value for key, value in values.items() if key != "hydra"}


def flatten(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return nested `values` as one level of dotted keys."""
    flat: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, Mapping):
            flat |= flatten(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def hydra_message(error: Exception) -> str:
    """Return Hydra's or OmegaConf's message without its technical tail."""
    lines = [line.strip() for line in str(error).splitlines()]
    message = " ".join(line for line in lines if line and not line.startswith(NOISE)).rstrip(".") + "."
    return message.removeprefix(RAISED)

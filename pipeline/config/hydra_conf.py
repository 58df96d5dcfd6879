"""Hydra's composition of conf/, interpolations unresolved, its complaints in one sentence."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.errors import HydraException, OverrideParseException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from pydantic import BaseModel

from pipeline.base.errors import PipelineError
from pipeline.base.paths import CONF
from pipeline.config.precheck import refuse_unknown
from pipeline.config.schema import Config

NOISE = ("full_key", "object_type", "reference_type", "See ", "To append to your config")
RAISED = "PipelineError raised while resolving interpolation: "


def unresolved(
    root: Path, overrides: Sequence[str] = (), primary: str = "config", schema: type[BaseModel] = Config
) -> DictConfig:
    """Compose `root`/conf with `overrides` (Hydra's grammar), interpolations left as they stand.

    Args:
        root: the project's.
        overrides: in Hydra's grammar.
        primary: the file in conf/ that names all others.
        schema: whose keys may be overridden.

    Raises:
        PipelineError: Hydra refuses an override.
    """
    refuse_unknown(root, overrides, schema)
    GlobalHydra.instance().clear()
    try:
        with initialize_config_dir(str(root / CONF), version_base=None):
            return compose(primary, overrides=list(overrides))
    except OverrideParseException as error:
        raise PipelineError(f"{one_line(error)} Special characters want quotes: \"KEY='VALUE'\".") from None
    except (HydraException, OmegaConfBaseException) as error:
        raise PipelineError(one_line(error)) from None


def plain(config: DictConfig, *, resolve: bool) -> dict[str, Any]:
    """Return `config` as nested plain values."""
    values = OmegaConf.to_container(config, resolve=resolve)
    assert isinstance(values, dict)
    return {str(key): value for key, value in values.items() if key != "hydra"}


def flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return nested `values` as one level of dotted keys."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{prefix}{key}.")
        else:
            found[prefix + key] = value
    return found


def one_line(error: Exception) -> str:
    """Return Hydra's or OmegaConf's message without its technical tail."""
    lines = [line.strip() for line in str(error).splitlines()]
    message = " ".join(line for line in lines if line and not line.startswith(NOISE)).rstrip(".") + "."
    return message.removeprefix(RAISED)

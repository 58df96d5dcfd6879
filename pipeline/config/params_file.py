"""params.yaml: the composed settings that DVC tracks and stages read."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from pipeline.base.errors import PipelineError
from pipeline.base.files import write_text
from pipeline.base.paths import PARAMS
from pipeline.config.check import check
from pipeline.config.schema import Config


def write_params(root: Path, values: Mapping[str, Any]) -> None:
    """Write composed `values` to `root`/params.yaml, in the form in which DVC writes it when it composes."""
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
        raise PipelineError(f"{PARAMS} is missing; compose it with: python -m pipeline.params") from None
    except yaml.YAMLError as error:
        raise PipelineError(
            f"{PARAMS} is not valid YAML ({' '.join(str(error).split())}); compose it with: python -m pipeline.params"
        ) from None
    if not isinstance(values, dict):
        raise PipelineError(f"{PARAMS} holds no settings; compose it with: python -m pipeline.params")
    return values


def read_params(root: Path) -> Config:
    """Return the checked settings in `root`/params.yaml.

    Raises:
        PipelineError: the file is missing or malformed, or the schema refuses it.
    """
    return check(read_values(root), PARAMS)

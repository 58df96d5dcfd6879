"""The settings of a search: params.yaml's, and those of conf/search/."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from omegaconf.errors import OmegaConfBaseException

from pipeline.base.errors import PipelineError
from pipeline.base.paths import CONF
from pipeline.config.check import check_as
from pipeline.config.hydra_conf import one_line, plain, unresolved
from pipeline.config.params_file import read_values
from pipeline.config.search_schema import TuneConfig

COMMAND = "python -m pipeline.tune"
PRIMARY = "tune"
ELSEWHERE = ("-m", "--multirun")


def compose_tune(root: Path, overrides: Sequence[str] = ()) -> TuneConfig:
    """Compose `root`/conf/tune.yaml with what params.yaml records as set beside conf/, and with `overrides`.

    Raises:
        PipelineError: Hydra refuses an override, or the schema the result.
    """
    recorded = recorded_overrides(root, overrides)
    config = unresolved(root, [*recorded, *overrides], PRIMARY, TuneConfig)
    config.overrides = []  # not what params.yaml's own resolver finds: it knows nothing of searches
    try:
        values = plain(config, resolve=True)
    except OmegaConfBaseException as error:
        raise PipelineError(one_line(error)) from None
    own = [override for override in overrides if not override.lstrip("+~").startswith("search")]
    return check_as(TuneConfig, {**values, "overrides": [*recorded, *own]}, "the settings of the search")


def recorded_overrides(root: Path, overrides: Sequence[str]) -> list[str]:
    """Return what params.yaml records, without what `overrides` set anew: a key, or the file that a key comes from."""
    recorded = read_values(root).get("overrides") or []
    keys = {override.lstrip("+~").partition("=")[0] for override in overrides}
    groups = {key for key in keys if "." not in key}
    return [
        str(override)
        for override in recorded
        if (key := str(override).partition("=")[0]) not in keys and key.partition(".")[0] not in groups
    ]


def hydra_command(root: Path, arguments: Sequence[str]) -> None:
    """Let Hydra answer what begins with a dash: --help, --cfg job, --info, and the rest that its applications know.

    Raises:
        PipelineError: --multirun, since a search is many runs already.
    """
    import hydra

    if set(arguments) & set(ELSEWHERE):
        raise PipelineError("a search has many trials already: set search.max_trials, or search=grid for every one")
    typed = [argument for argument in arguments if "=" in argument and not argument.startswith("-")]
    flags = [argument for argument in arguments if argument not in typed]
    quiet = ["hydra.run.dir=.", "hydra.output_subdir=null"]
    sys.argv = [COMMAND, *recorded_overrides(root, typed), *typed, *quiet, *flags]

    @hydra.main(version_base=None, config_path=str(root / CONF), config_name=PRIMARY)
    def show(config: Any) -> None:
        raise PipelineError(f"{' '.join(arguments)} asks for nothing; type: {COMMAND} [overrides]")

    show()

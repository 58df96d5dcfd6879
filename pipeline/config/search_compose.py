"""The settings of a search: those of params.yaml, and those of conf/search/."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from omegaconf.errors import OmegaConfBaseException

from pipeline.base.errors import PipelineError
from pipeline.base.paths import CONF
from pipeline.config.hydra_api import compose_unresolved, hydra_message, to_values
from pipeline.config.overrides import register_resolvers
from pipeline.config.params_file import recorded_overrides
from pipeline.config.parse import parse_settings
from pipeline.config.schema.search_schema import TuneConfig

COMMAND = "python -m pipeline.tune"
PRIMARY = "tune"
MULTIRUN = {"-m", "--multirun"}
HEADER = (
    f"usage: {COMMAND} [--take TRIAL] [OVERRIDES]. Search networks with Keras Tuner, from the settings of params.yaml; "
    "with --take, write a finished trial into conf/."
)


def compose_search(root: Path, overrides: Sequence[str] = ()) -> TuneConfig:
    """Compose `root`/conf/tune.yaml with the overrides that params.yaml records, and with `overrides`.

    Raises:
        PipelineError: Hydra refuses an override, or the schema the result.
    """
    register_resolvers()
    recorded = recorded_overrides(root, tuple(overrides))
    config = compose_unresolved(root, [*recorded, *overrides], PRIMARY, TuneConfig)
    config.overrides = []  # params.yaml's own resolver knows nothing of searches
    try:
        values = to_values(config, resolve=True)
    except OmegaConfBaseException as error:
        raise PipelineError(hydra_message(error)) from None
    own = [override for override in overrides if not override.lstrip("+~").startswith("search")]
    return parse_settings(TuneConfig, {**values, "overrides": [*recorded, *own]}, "the settings of the search")


def run_hydra_flags(root: Path, arguments: Sequence[str]) -> None:
    """Let Hydra answer arguments that begin with a dash: --help, --cfg job, --info, and its other flags.

    Raises:
        PipelineError: --multirun, since a search has many trials already; or Hydra refuses an override.
    """
    import hydra

    register_resolvers()
    if MULTIRUN & set(arguments):
        raise PipelineError("a search has many trials already: set search.max_trials, or search=grid for every one")
    overrides = [argument for argument in arguments if "=" in argument and not argument.startswith("-")]
    compose_unresolved(root, [*recorded_overrides(root, tuple(overrides)), *overrides], PRIMARY, TuneConfig)  # refuses
    flags = [argument for argument in arguments if argument not in overrides]
    quiet = ["hydra.run.dir=.", "hydra.output_subdir=null", f"hydra.help.header='{HEADER}'"]
    sys.argv = [COMMAND, *recorded_overrides(root, tuple(overrides)), *overrides, *quiet, *flags]

    @hydra.main(version_base=None, config_path=str(root / CONF), config_name=PRIMARY)
    def show(config: Any) -> None:
        raise PipelineError(f"{' '.join(arguments)} asks for no output; type: {COMMAND} [overrides]")

    show()

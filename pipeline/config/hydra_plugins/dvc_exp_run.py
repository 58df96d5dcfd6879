"""A Hydra plugin that DVC imports in `dvc exp run` (`plugins_path` in .dvc/config), just before it composes conf/."""

import sys

from pipeline.base.errors import PipelineError
from pipeline.base.paths import project_root
from pipeline.config.override_check import check_overrides, exp_run_overrides
from pipeline.config.overrides import register_resolvers

register_resolvers()
try:
    check_overrides(project_root(), exp_run_overrides(sys.argv[1:]))
except PipelineError as error:
    raise SystemExit(f"error: {error}") from None

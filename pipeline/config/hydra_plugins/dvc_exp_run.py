"""Found by Hydra in DVC's own process (`plugins_path` in .dvc/config), just before DVC composes conf/."""

import sys

from pipeline.base.errors import PipelineError
from pipeline.base.paths import project_root
from pipeline.config.overrides import register_resolver
from pipeline.config.precheck import refuse_unknown, set_params

register_resolver()
try:
    refuse_unknown(project_root(), set_params(sys.argv[1:]))
except PipelineError as error:
    raise SystemExit(f"error: {error}") from None

"""Where the project is, from wherever a command was typed."""

import os
from pathlib import Path

from pipeline.base.errors import PipelineError

CONF = "conf"
PARAMS = "params.yaml"
OUTPUTS = "outputs"


def project_root(start: Path | None = None) -> Path:
    """Return the nearest folder at or above `start` that holds `dvc.yaml` and `conf/`.

    Args:
        start: where to look from; the working directory when omitted.

    Raises:
        PipelineError: no such folder.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "dvc.yaml").is_file() and (folder / CONF).is_dir():
            return folder
    raise PipelineError(
        f"{here} is not inside a pipeline project (no dvc.yaml beside conf/): cd into your clone first."
    )


def home(root: Path) -> Path:
    """Return the folder of what outlives one experiment (the MLflow store, training progress).

    It is `root`, except inside the temporary copies in which DVC runs queued experiments: there DVC
    sets `DVC_ROOT` to the project they were queued from.
    """
    dvc_root = os.environ.get("DVC_ROOT")
    if dvc_root and ".dvc" in root.parts and Path(dvc_root).is_dir():
        return Path(dvc_root).resolve()
    return root

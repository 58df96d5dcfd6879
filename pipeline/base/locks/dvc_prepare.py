"""The prepared data that a search begins with, brought up to date through DVC."""

import subprocess
import time
from pathlib import Path

from pipeline.base.errors import PipelineError
from pipeline.base.locks.dvc_locks import dvc_command_running

PAUSE = 0.5  # seconds between two looks at DVC's locks
TRIES = 50


def prepare_through_dvc(root: Path) -> None:
    """Run `dvc repro prepare`; wait, and say so, while another DVC command has a lock on the project.

    Args:
        root: the project's folder.

    Raises:
        PipelineError: the command fails, and no other one has to do with it.
    """
    told = False
    for _ in range(TRIES):
        before = dvc_command_running(root)
        if subprocess.run(["dvc", "repro", "--quiet", "prepare"], cwd=root, check=False).returncode == 0:
            return
        other = dvc_command_running(root) or before  # which may have ended since it was in the way
        if other is None:
            break
        if not told:
            print(f"waiting for {other}, which has DVC's lock on this project", flush=True)
        told = True
        time.sleep(PAUSE)
        while dvc_command_running(root):
            time.sleep(PAUSE)
    raise PipelineError("the data could not be prepared; this shows why: dvc repro prepare")

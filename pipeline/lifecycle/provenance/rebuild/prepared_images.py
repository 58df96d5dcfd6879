"""The prepared images of a recorded training, from DVC, where the photos are gone or have changed."""

import os
import shutil
from pathlib import Path

from pipeline.base.errors import PipelineError
from pipeline.base.paths import PREPARED, main_root
from pipeline.base.stage_files.dvc_lock import LOCK, recorded_outputs
from pipeline.lifecycle.provenance.integrity.version_files import kept_file
from pipeline.lifecycle.provenance.origin.recorded_run import RecordedRun
from pipeline.lifecycle.provenance.rebuild.stage_process import dvc_output, pull_images

CACHE = ".dvc/tmp/cache-of-the-original"
LOCAL_CONFIG = ".dvc/config.local"  # may hold the address of a remote


def take_prepared_images(recorded: RecordedRun, root: Path, project: Path, reason: str) -> str:
    """Put the prepared images in their place in a clone; return where they came from, for people.

    DVC has them by the digest in the dvc.lock that the training's run keeps: in the project's cache or a remote.

    Args:
        recorded: of a version.
        root: the project's folder.
        project: the project's folder in the clone.
        reason: why they are needed, such as `/photos is gone`.

    Raises:
        PipelineError: DVC does not have them either.
    """
    with kept_file(recorded.version, LOCK) as lock:
        if lock is None:
            raise PipelineError(f"{reason}, and its run has no {LOCK} by which DVC could find the prepared images")
        shutil.copyfile(lock, project / LOCK)
    shutil.rmtree(project / PREPARED, ignore_errors=True)
    digest = recorded_outputs(project, "prepare").get(PREPARED)
    if digest is None:
        raise PipelineError(f"{reason}, and the {LOCK} of its run does not name {PREPARED}")
    home = main_root(root)
    if (home / LOCAL_CONFIG).is_file():
        shutil.copy(home / LOCAL_CONFIG, project / LOCAL_CONFIG)
    cache = os.path.join(home, dvc_output(home, "cache", "dir"))  # noqa: PTH118 - may be absolute
    (project / CACHE).parent.mkdir(parents=True, exist_ok=True)
    (project / CACHE).unlink(missing_ok=True)
    (project / CACHE).symlink_to(cache)  # DVC cannot write a path that is not ASCII into its settings
    dvc_output(project, "config", "--local", "cache.dir", CACHE)
    if not pull_images(project, PREPARED):
        raise PipelineError(f"{reason}, and neither DVC's cache nor a remote has the prepared images ({digest})")
    return f"{reason}; the prepared images are DVC's, by their digest {digest}"

"""The checkpoint of a finished training: it stays until DVC has recorded the result."""

from pathlib import Path

from pipeline.base.git.experiment_refs import experiments_have
from pipeline.base.paths import OLD_CHECKPOINTS, main_root
from pipeline.base.stage_files.dvc_lock import recorded_outputs
from pipeline.training.checkpoints.checkpoint_store import CheckpointStore


def forget_recorded(checkpoints: CheckpointStore, root: Path, *, waited: bool) -> None:
    """Clear the checkpoint of a finished training whose result DVC has recorded: a new training was asked for.

    Until then it stays, so that a stage which is killed before DVC records its result saves it again instead of
    training again. A line says so. Experiments of a queue, whose copies of the project are gone when they have ended,
    record results too.

    Args:
        checkpoints: of the training that starts.
        root: the project's folder, whose dvc.lock is read.
        waited: whether another process had the training until now.
    """
    if (main_root(root) / OLD_CHECKPOINTS).is_dir():
        print(
            f"note: {OLD_CHECKPOINTS}/ has checkpoints of an earlier version, which this one cannot resume; "
            f"remove it with: rm -r {OLD_CHECKPOINTS}"
        )
    results = checkpoints.load().results
    recorded = set(results) & set(recorded_outputs(root, "train").values())
    if recorded or (not waited and experiments_have(main_root(root), results)):
        checkpoints.clear()
    elif results and waited:
        print("the other process has finished this training: saving its result here too")
    elif results:
        print("this training had finished, but DVC had not recorded its result: saving it again")

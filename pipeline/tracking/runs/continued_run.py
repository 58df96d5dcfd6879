"""The training's run that a later stage continues, rebuilt from what DVC keeps if this store does not have it."""

from pathlib import Path

import mlflow

from pipeline.base.paths import HISTORY, PREPARED, RUN, TRAIN_METRICS
from pipeline.base.stage_files.stage_output import read_stage_output
from pipeline.base.tensorflow_import import import_tensorflow
from pipeline.config.schema.pipeline_schema import Config
from pipeline.data.dataset import Dataset
from pipeline.tracking.history_file import read_history
from pipeline.tracking.models.logged_model import logged_model_id
from pipeline.tracking.runs.training_log import log_training
from pipeline.tracking.runs.training_run import REBUILT_FROM, TrainingRun, active_run, log_epochs
from pipeline.tracking.server.store_failures import store_errors


def continued_run(config: Config, root: Path) -> str:
    """Return the id of the training's run in this store.

    If DVC restored the training from its cache, or the store is another one, the run may be missing: it is then
    rebuilt, once, from the settings, data, history and model that DVC versions. If that was interrupted, or the store
    did not answer at the end of the training, the run is completed.

    Args:
        config: the settings of the training.
        root: the project's folder.

    Raises:
        StoreError: the store does not answer, or fails; the same stage completes the run later.
    """
    record = read_stage_output(root / RUN, "train")
    origin = str(record["run_id"])
    run = TrainingRun(config, root, Dataset(root / PREPARED))
    found = run.find(origin)
    with store_errors(run.uri):
        if found and _is_complete(found, str(record["model_digest"])):
            return found
        import_tensorflow()  # logging the model needs it; here, so that its start-up messages are held back
        run_id = found or run.create({**record["lineage"], REBUILT_FROM: origin})  # found: it was interrupted
        with active_run(run_id):
            log_epochs(run_id, read_history(root / HISTORY))
            metrics = read_stage_output(root / TRAIN_METRICS, "train") | {"minutes": record.get("minutes")}
            log_training(root, run.dataset, run_id, metrics)
    return run_id


def _is_complete(run_id: str, digest: str) -> bool:
    """Return whether the run has what a training logs, its end included; its store may have failed before that."""
    return logged_model_id(run_id, digest) is not None and mlflow.get_run(run_id).info.status == "FINISHED"

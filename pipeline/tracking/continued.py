"""The run that a later stage continues, made again from what DVC keeps where this store never saw it."""

from pathlib import Path

from pipeline.base.files import read_output
from pipeline.config.schema import Config
from pipeline.data.dataset import Dataset
from pipeline.tracking.history import read_history
from pipeline.tracking.runs import ORIGIN, Opened, active, log_epochs
from pipeline.tracking.training import log_training


def continued_run(config: Config, root: Path, train: Path, images: Path) -> str:
    """Return the id of the training's run in this store.

    When DVC restores a training from its cache, or the store is another one, the run may not exist here:
    it is then made again, once, from the settings, the data, the history and the model that DVC versions.

    Args:
        config: the settings of the training.
        root: the project.
        train: the train stage's outputs.
        images: the prepared data.
    """
    record = read_output(train / "run.json", "train")
    origin = str(record["run_id"])
    opened = Opened(config, root, Dataset(images))
    if found := opened.find(origin):
        return found
    run_id = opened.create({**record["lineage"], ORIGIN: origin})
    with active(run_id):
        log_epochs(run_id, read_history(train / "history.csv"))
        figures = read_output(train / "metrics.json", "train")
        files = (train / "model.keras", train / "history.csv", train / "curves.png")
        log_training(*files, opened.dataset, run_id, figures)
    return run_id

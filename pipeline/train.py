"""Stage 2: prepared data and settings become a trained GoogLeNet and its MLflow run."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.base.command import run_stage
from pipeline.base.files import write_json
from pipeline.base.paths import home
from pipeline.base.phases import Phases
from pipeline.config.params_file import read_params
from pipeline.config.schema import Config

if TYPE_CHECKING:
    import keras

    from pipeline.data.dataset import Dataset
    from pipeline.tracking.runs import Opened
    from pipeline.training.fit import Fitted
    from pipeline.training.progress import Progress

IMAGES = "outputs/prepare/images"
MODEL = "outputs/train/model.keras"
RUN = "outputs/train/run.json"
HISTORY = "outputs/train/history.csv"
METRICS = "outputs/train/metrics.json"
CURVES = "outputs/train/curves.png"


def main(config: Config, root: Path) -> dict[str, Any]:
    """Train the configured network, or finish a training that was interrupted; return its metrics.

    Raises:
        PipelineError: no prepared data, a silent tracking server, a network to start from or to average with that
            is missing or another, a loss that is no longer a number.
    """
    phases = Phases("train")
    with phases.phase("imports"):
        from pipeline.base.quiet import import_tensorflow

        import_tensorflow()
        from pipeline.data.dataset import Dataset
        from pipeline.tracking.runs import Opened, active
        from pipeline.tracking.trained import trained_networks
        from pipeline.training.export import portable
        from pipeline.training.identity import training_key
        from pipeline.training.load import load_members
        from pipeline.training.progress import Progress
    dataset = Dataset(root / IMAGES)
    opened = Opened(config, root, dataset)
    with phases.phase("tracking"):
        named, about = trained_networks(config, root), dataset.description
        members = load_members(named.members, about.shape, len(about.classes))
        progress = Progress(home(root), training_key(config, dataset.training_digest(), named.digests))
        run_id = _run_of(progress, opened, named.tags)
    try:
        with active(run_id, system_metrics=config.tracking.system_metrics):
            with phases.phase("training"):
                fitted = _fit(config, dataset, progress, run_id, named.start)
            with phases.phase("saving"):
                network = portable(fitted.model, fitted.weights, config.model.views, members)
                metrics = write_outputs(network, fitted, root, run_id, opened.lineage() | named.tags)
            with phases.phase("tracking"):
                track_outputs(metrics, dataset, root, run_id)
    except KeyboardInterrupt:
        done = len((progress.load() or {"history": []})["history"])
        raise KeyboardInterrupt(
            f"{done} of {config.recipe.epochs} epochs are kept; dvc repro goes on from there."
        ) from None
    progress.clear()
    print(
        f"trained {fitted.model.count_params():,} parameters, best epoch {metrics['best_epoch']}, MLflow run {run_id}"
    )
    phases.close()
    return metrics


def _run_of(progress: "Progress", opened: "Opened", tags: dict[str, str]) -> str:
    """Return the interrupted training's run, or a new one."""
    state = progress.load()
    found = opened.find(state["run_id"]) if state else None
    progress.prune()
    if found is None:
        found = opened.create(tags)
        progress.begin({"run_id": found})
    return found


def _fit(config: Config, dataset: "Dataset", progress: "Progress", run_id: str, start: Path | None) -> "Fitted":
    from pipeline.tracking.runs import log_epochs
    from pipeline.training.fit import fit

    log_epochs(run_id, (progress.load() or {"history": []})["history"])
    extra = {"run_id": run_id}
    return fit(
        dataset, config.model, config.recipe, progress, extra, lambda row: log_epochs(run_id, [row]), start=start
    )


def write_outputs(
    network: "keras.Model", fitted: "Fitted", root: Path, run_id: str, lineage: dict[str, str]
) -> dict[str, Any]:
    """Write what the stage leaves under `root`/outputs/train; return the metrics among it.

    Args:
        network: to save.
        fitted: its training.
        root: the project's folder.
        run_id: the training's MLflow run.
        lineage: its tags, by which later stages know whether the run is of what they find.
    """
    from pipeline.model.cost import cost_in_use
    from pipeline.report.curves import curves_figure
    from pipeline.report.style import save
    from pipeline.tracking.history import write_history
    from pipeline.training.export import save_model

    save_model(network, root / MODEL)
    write_history(fitted.history, root / HISTORY)
    save(curves_figure(fitted.history), root / CURVES)
    metrics = {
        "parameters": network.count_params(),
        "multiply_adds": cost_in_use(network).multiply_adds,
        "epochs": len(fitted.history),
        "best_epoch": int(fitted.best["epoch"]),
        "train_loss": fitted.best["loss"],
        "train_accuracy": fitted.best["accuracy"],
        "val_loss": fitted.best["val_loss"],
        "val_accuracy": fitted.best["val_accuracy"],
    }
    write_json(root / METRICS, metrics)
    digest = hashlib.sha256((root / MODEL).read_bytes()).hexdigest()
    write_json(root / RUN, {"run_id": run_id, "model_digest": digest, "lineage": lineage})
    return metrics


def track_outputs(metrics: dict[str, Any], dataset: "Dataset", root: Path, run_id: str) -> None:
    """Log what `write_outputs` wrote to the run."""
    from pipeline.tracking.training import log_training

    log_training(root / MODEL, root / HISTORY, root / CURVES, dataset, run_id, metrics)


if __name__ == "__main__":
    run_stage("train", lambda root: main(read_params(root), root))

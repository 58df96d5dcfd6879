"""Stage 2: prepared data and settings become a trained GoogLeNet and its MLflow run."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.base.digests import file_digest
from pipeline.base.files import write_json, write_text
from pipeline.base.paths import (
    CURVES,
    GOLDEN,
    HISTORY,
    MODEL,
    OPENVINO,
    PREPARED,
    REFERENCE,
    RUN,
    TRAIN_METRICS,
    main_root,
)
from pipeline.base.phases import PhaseTimer
from pipeline.base.stage_files.dvc_lock import dvc_digest
from pipeline.config.params_file import read_params
from pipeline.config.schema.pipeline_schema import Config
from pipeline.config.stage_command import run_stage
from pipeline.tracking.store import ask_server

if TYPE_CHECKING:
    import keras

    from pipeline.data.dataset import Dataset
    from pipeline.tracking.runs.training_run import TrainingRun
    from pipeline.training.checkpoints.checkpoint_store import CheckpointStore
    from pipeline.training.fit import TrainingResult


def main(config: Config, root: Path) -> dict[str, Any]:
    """Train the configured network, or resume a training that was interrupted; return its metrics.

    If another process trains with the same settings, wait for it and take its result.

    Raises:
        PipelineError: no prepared data, a tracking server that does not answer, a missing or incompatible network to
            start from or to average with, a loss that is NaN or infinite.
    """
    ask_server(config.tracking, root)  # before the imports and the network, which take longer
    phases = PhaseTimer("train")
    with phases.phase("imports"):
        from pipeline.base.tensorflow_import import import_tensorflow

        import_tensorflow()
        from pipeline.data.dataset import Dataset
        from pipeline.tracking.running.live_run import live_run
        from pipeline.tracking.runs.training_run import TrainingRun
        from pipeline.training.checkpoints.checkpoint_store import CheckpointStore
        from pipeline.training.checkpoints.recorded_result import forget_recorded
        from pipeline.training.checkpoints.save_times import EveryMinutes
        from pipeline.training.fit import Training
        from pipeline.training.networks.inference_model import inference_model
    dataset = Dataset(root / PREPARED)
    run = TrainingRun(config, root, dataset)
    with phases.phase("tracking"):
        origin = _training_origin(config, root, dataset)
        checkpoints = CheckpointStore(main_root(root), origin.key)
    with checkpoints.hold(_print_waiting) as waited:
        forget_recorded(checkpoints, root, waited=waited)
        with phases.phase("training"):
            times = EveryMinutes(config.checkpoint.minutes)
            training = Training(dataset, config.model, config.recipe, checkpoints, origin.start, times=times)
        with phases.phase("tracking"):
            run_id = _find_run(checkpoints, run, origin)
        with (
            _progress_in_message(checkpoints, config.recipe.epochs),
            live_run(run_id, run.uri, checkpoints.load().history, config.tracking.system_metrics) as live,
        ):
            with phases.phase("training"):
                result = training.run(live.log_epoch)
            with phases.phase("saving"):
                network = inference_model(result.model, result.weights, config.model.views, origin.members)
                named = {"run_id": run_id, "lineage": run.lineage() | origin.tags}
                metrics = write_outputs(network, dataset, result, root, named)
            with phases.phase("tracking"):
                live.finish(lambda: log_outputs(metrics, result, dataset, root, run_id))
        checkpoints.finish(dvc_digest(root / RUN))
    print(
        f"trained {result.model.count_params():,} parameters, best epoch {metrics['best_epoch']}, MLflow run {run_id}"
    )
    phases.close()
    return metrics


class _TrainingOrigin(NamedTuple):
    """What a training starts from, and what it is known by: key of its checkpoints, tags of its run."""

    start: Path | None
    members: "list[keras.Model]"
    key: str
    tags: dict[str, str]


def _training_origin(config: Config, root: Path, dataset: "Dataset") -> _TrainingOrigin:
    from pipeline.tracking.environment_tags import environment_tags
    from pipeline.tracking.models.source_models import find_source_models
    from pipeline.training.networks.load_network import load_ensemble_members
    from pipeline.training.precision import choose_precision, gpu_capability
    from pipeline.training.training_key import training_key

    sources, info = find_source_models(config, root), dataset.info
    members = load_ensemble_members(sources.members, info.shape, len(info.classes))
    key = training_key(config, dataset.training_digest(), sources.digests)
    precision, _ = choose_precision(config.recipe.precision)
    return _TrainingOrigin(sources.start, members, key, sources.tags | environment_tags(precision, gpu_capability()))


@contextmanager
def _progress_in_message(checkpoints: "CheckpointStore", epochs: int) -> Iterator[None]:
    """Let the message of an interrupted training say what is in its checkpoint."""
    try:
        yield
    except KeyboardInterrupt:
        done = checkpoints.load().progress(epochs)
        raise KeyboardInterrupt(f"{done} are in the checkpoint; dvc repro resumes from there.") from None


def _print_waiting(process: str) -> None:
    print(f"another process ({process}) trains with the same settings; waiting for its result", flush=True)


def _find_run(checkpoints: "CheckpointStore", run: "TrainingRun", origin: _TrainingOrigin) -> str:
    """Return the run of the training that resumes, or a new one; remove checkpoints of old trainings."""
    from pipeline.training.checkpoints.checkpoint_folder import prune

    run_id = run.find(checkpoints.load().run_id)
    prune(checkpoints.folder)
    if run_id is None:
        run_id = run.create(origin.tags, origin.key)
        checkpoints.set_run(run_id)
    return run_id


def write_outputs(
    network: "keras.Model", dataset: "Dataset", result: "TrainingResult", root: Path, origin: dict[str, Any]
) -> dict[str, Any]:
    """Write the stage's outputs under `root`/outputs/train; return the metrics among them.

    Args:
        network: to save.
        dataset: prepared data.
        result: of its training.
        root: the project's folder.
        origin: `run_id`, the training's MLflow run, and `lineage`, its tags, so that a later stage can rebuild the run.
    """
    from pipeline.data.golden_batch import GoldenBatch, decoded, golden_images
    from pipeline.model.measured_cost import inference_cost
    from pipeline.monitoring.reference.reference_builder import build_reference
    from pipeline.report.curves_figure import curves_figure
    from pipeline.report.style import save
    from pipeline.runtime.engine.openvino_engine import OpenVinoEngine
    from pipeline.tracking.history_file import write_history
    from pipeline.training.networks.inference_model import save_keras_file
    from pipeline.training.networks.openvino_file import save_openvino

    spec, images = dataset.info.model_spec, golden_images(dataset)
    save_keras_file(network, root / MODEL, spec)
    probabilities = network.predict_on_batch(decoded(images, spec.preprocessing))
    write_text(root / GOLDEN, GoldenBatch(images, probabilities).to_json())
    digest = file_digest(root / MODEL)
    save_openvino(network, root / OPENVINO, spec, digest)
    build_reference(OpenVinoEngine(root / OPENVINO), dataset, digest).write(root / REFERENCE)
    write_history(result.history, root / HISTORY)
    save(curves_figure(result.history), root / CURVES)
    metrics = {
        "parameters": network.count_params(),
        "multiply_adds": inference_cost(network).multiply_adds,
        "epochs": len(result.history),
        "best_epoch": int(result.best["epoch"]),
        "train_loss": result.best["loss"],
        "train_accuracy": result.best["accuracy"],
        "val_loss": result.best["val_loss"],
        "val_accuracy": result.best["val_accuracy"],
    }
    write_json(root / TRAIN_METRICS, metrics)
    write_json(root / RUN, {"model_digest": digest, "minutes": result.seconds / 60} | origin)
    return metrics


def log_outputs(metrics: dict[str, Any], result: "TrainingResult", dataset: "Dataset", root: Path, run_id: str) -> None:
    """Log what `write_outputs` wrote to the run.

    Args:
        metrics: that it returned.
        result: of the training.
        dataset: prepared data.
        root: the project's folder.
        run_id: the training's MLflow run.
    """
    from pipeline.tracking.runs.training_log import log_training

    figures = metrics | {"minutes": result.seconds / 60}
    log_training(root, dataset, run_id, figures)


def _stage(root: Path) -> None:
    from pipeline.tracking.store import open_existing_store

    config = read_params(root)
    open_existing_store(config.tracking, root)  # a silent server is reported before TensorFlow is imported
    main(config, root)


if __name__ == "__main__":
    run_stage("train", _stage)

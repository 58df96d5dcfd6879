"""Stage 3: the trained network is measured on the test images."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.base.files import atomic_file, write_json
from pipeline.base.paths import (
    CONFUSION,
    EVALUATE_OUTPUTS,
    GOLDEN,
    GOLDEN_CHECK,
    HARDEST,
    MODEL,
    PREPARED,
    TEST_METRICS,
)
from pipeline.base.phases import PhaseTimer
from pipeline.config.params_file import read_params
from pipeline.config.schema.pipeline_schema import Config
from pipeline.config.stage_command import run_stage

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.data.dataset import Dataset

SHOWN = 24  # images in the picture of the hardest


def main(config: Config, root: Path) -> dict[str, Any]:
    """Predict the test images and write metrics, tables and pictures; return the metrics.

    Raises:
        PipelineError: no trained model or prepared data, or a model of other images or classes.
    """
    phases = PhaseTimer("evaluate")
    with phases.phase("imports"):
        from pipeline.base.tensorflow_import import import_tensorflow

        import_tensorflow()
        from pipeline.data.dataset import Dataset
        from pipeline.data.golden_batch import read_golden
        from pipeline.evaluation.metrics import class_metrics, summary_metrics
        from pipeline.evaluation.predictions_table import predictions_table
        from pipeline.evaluation.split_probabilities import open_network, split_probabilities
    dataset = Dataset(root / PREPARED)
    classes = dataset.info.classes
    with phases.phase("prediction"):
        network = open_network(root / MODEL, dataset)
        probabilities = split_probabilities(network, dataset, "test", config.evaluation.batch_size)
        golden = read_golden(root / GOLDEN)
        again = network.probabilities(golden.pixels(dataset.info.model_spec.preprocessing))
        write_json(root / GOLDEN_CHECK, {"keras_file": golden.difference(again)})
    with phases.phase("metrics"):
        table = predictions_table(dataset.rows("test"), probabilities, classes)
        metrics = summary_metrics(table, classes, config.evaluation.top_k)
        write_json(root / TEST_METRICS, metrics)
        _write_tables(table, class_metrics(table, classes), root / EVALUATE_OUTPUTS)
    with phases.phase("report"):
        _write_pictures(table, dataset, root)
    with phases.phase("tracking"):
        _log(config, root, metrics)
    print(f"test accuracy {metrics['accuracy']:.4f} on {metrics['images']} images, loss {metrics['loss']:.4f}")
    phases.close()
    return metrics


def _write_tables(table: "pd.DataFrame", per_class: "pd.DataFrame", folder: Path) -> None:
    with atomic_file(folder / "per_class.csv") as partial:
        per_class.to_csv(partial, index=False, float_format="%.6g")
    with atomic_file(folder / "predictions.parquet") as partial:
        table.to_parquet(partial, index=False)
    with atomic_file(folder / "confusion.csv") as partial:
        pairs = table[["label", "predicted"]].rename(columns={"label": "actual"})
        pairs.to_csv(partial, index=False)


def _write_pictures(table: "pd.DataFrame", dataset: "Dataset", root: Path) -> None:
    from pipeline.evaluation.metrics import confusion_counts
    from pipeline.evaluation.predictions_table import highest_losses
    from pipeline.report.confusion_figure import confusion_figure
    from pipeline.report.predictions_figure import predictions_figure
    from pipeline.report.style import save

    classes = dataset.info.classes
    save(confusion_figure(confusion_counts(table, classes), classes), root / CONFUSION)
    hardest = highest_losses(table, SHOWN)
    save(predictions_figure(hardest, dataset.shards, "the test images with the highest loss"), root / HARDEST)


def _log(config: Config, root: Path, metrics: dict[str, Any]) -> None:
    from pipeline.tracking.runs.continued_run import continued_run
    from pipeline.tracking.runs.evaluation_log import log_evaluation

    log_evaluation(continued_run(config, root), metrics, root / EVALUATE_OUTPUTS)


if __name__ == "__main__":
    run_stage("evaluate", lambda root: main(read_params(root), root))

"""Stage 3: the trained network meets the test images."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.base.command import run_stage
from pipeline.base.files import whole_file, write_json
from pipeline.base.phases import Phases
from pipeline.config.params_file import read_params
from pipeline.config.schema import Config

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.data.dataset import Dataset

IMAGES = "outputs/prepare/images"
TRAIN = "outputs/train"
OUT = "outputs/evaluate"
SHOWN = 24  # images in each picture


def main(config: Config, root: Path) -> dict[str, Any]:
    """Predict the test images and write metrics, table and pictures; return the metrics."""
    phases = Phases("evaluate")
    with phases.phase("imports"):
        from pipeline.base.quiet import import_tensorflow

        import_tensorflow()
        from pipeline.data.dataset import Dataset
        from pipeline.evaluation.metrics import class_metrics, summary_metrics
        from pipeline.evaluation.predict import predict_split
        from pipeline.evaluation.predictions import predictions_table
    dataset = Dataset(root / IMAGES)
    classes = dataset.description.classes
    with phases.phase("prediction"):
        probabilities = predict_split(root / TRAIN / "model.keras", dataset, "test", config.evaluation.batch_size)
    with phases.phase("metrics"):
        table = predictions_table(dataset.rows("test"), probabilities, classes)
        metrics = summary_metrics(table, classes, config.evaluation.top_k)
        write_json(root / OUT / "metrics.json", metrics)
        _write_tables(table, class_metrics(table, classes), root / OUT)
    with phases.phase("report"):
        _write_pictures(table, dataset, root / OUT)
    with phases.phase("tracking"):
        _track(config, root, metrics)
    print(f"test accuracy {metrics['accuracy']:.4f} on {metrics['images']} images, loss {metrics['loss']:.4f}")
    phases.close()
    return metrics


def _write_tables(table: "pd.DataFrame", per_class: "pd.DataFrame", out: Path) -> None:
    with whole_file(out / "per_class.csv") as partial:
        per_class.to_csv(partial, index=False, float_format="%.6g")
    with whole_file(out / "predictions.parquet") as partial:
        table.to_parquet(partial, index=False)
    with whole_file(out / "confusion.csv") as partial:
        pairs = table[["label", "predicted"]].rename(columns={"label": "actual"})
        pairs.to_csv(partial, index=False)


def _write_pictures(table: "pd.DataFrame", dataset: "Dataset", out: Path) -> None:
    from pipeline.evaluation.metrics import confusion
    from pipeline.evaluation.predictions import worst
    from pipeline.report.confusion import confusion_figure
    from pipeline.report.predictions import predictions_figure
    from pipeline.report.style import save

    classes = dataset.description.classes
    save(confusion_figure(confusion(table, classes), classes), out / "confusion.png")
    save(predictions_figure(worst(table, SHOWN), dataset.shards, "the hardest test images"), out / "hardest.png")


def _track(config: Config, root: Path, metrics: dict[str, Any]) -> None:
    from pipeline.tracking.continued import continued_run
    from pipeline.tracking.evaluation import log_evaluation

    run_id = continued_run(config, root, root / TRAIN, root / IMAGES)
    log_evaluation(run_id, metrics, root / OUT)


if __name__ == "__main__":
    run_stage("evaluate", lambda root: main(read_params(root), root))

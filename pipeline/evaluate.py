"""Stage 3: the trained network is measured on the test images."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.base.files import atomic_file, write_json, write_text
from pipeline.base.paths import (
    CONFUSION,
    EVALUATE_OUTPUTS,
    EVALUATION_PAGE,
    GOLDEN,
    GOLDEN_CHECK,
    HARDEST,
    MANIFEST,
    MODEL,
    OPENVINO,
    PREDICTIONS,
    PREPARED,
)
from pipeline.base.phases import PhaseTimer
from pipeline.base.stage_files.stage_output import cured_by, read_stage_table
from pipeline.config.params_file import read_params, recorded_overrides
from pipeline.config.schema.pipeline_schema import Config
from pipeline.config.stage_command import run_stage

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.data.dataset import Dataset
    from pipeline.data.golden_batch import GoldenBatch
    from pipeline.evaluation.table_findings import TableFindings
    from pipeline.report.evaluation.content_builder import Evaluation
    from pipeline.report.evaluation.model.trained_model import TrainedModel

SHOWN = 24  # images in the picture of the hardest


def main(config: Config, root: Path) -> dict[str, Any]:
    """Predict the images and write predictions, metrics, tables, pictures and a page; return the test metrics.

    Raises:
        PipelineError: no trained model or prepared data, a model of other images or classes, or a tracking server that
            does not answer.
    """
    phases = PhaseTimer("evaluate")
    with phases.phase("imports"):
        from pipeline.base.tensorflow_import import import_tensorflow

        import_tensorflow()
        from pipeline.data.dataset import Dataset
        from pipeline.data.golden_batch import read_golden
        from pipeline.evaluation.findings_files import write_findings
        from pipeline.evaluation.measures_files import write_measures
        from pipeline.evaluation.network_measures import measure_network
        from pipeline.evaluation.shown.evaluation_gallery import evaluation_gallery
        from pipeline.evaluation.shown.shown_image import ImageLookup
        from pipeline.evaluation.table_findings import table_findings
        from pipeline.report.evaluation.content_builder import Evaluation
        from pipeline.report.evaluation.model.trained_model import read_trained_model
        from pipeline.runtime.engine.openvino_engine import OpenVinoEngine
        from pipeline.tracking.runs.evaluation_log import log_evaluation
        from pipeline.tracking.server.store_failures import store_errors
        from pipeline.tracking.store import open_store, tracking_uri
    dataset, folder = Dataset(root / PREPARED), root / EVALUATE_OUTPUTS
    classes, settings = dataset.info.classes, config.evaluation
    with cured_by("train"):  # before the work: a file may be damaged
        engine = OpenVinoEngine(root / OPENVINO)
    golden, trained = read_golden(root / GOLDEN), read_trained_model(root, recorded_overrides(root))
    manifest = read_stage_table(root / MANIFEST, "prepare")
    with phases.phase("tracking"):
        open_store(config.tracking, root)  # the store may not answer
    with phases.phase("prediction"):
        table = _predict(dataset, manifest, golden, config, root)
    with phases.phase("metrics"):
        counts = {str(name): int(count) for name, count in dataset.rows("train")["label"].value_counts().items()}
        findings = table_findings(table, classes, settings.top_k, counts)
        metrics = write_findings(table, findings, folder)
    with phases.phase("robustness"):
        test = table[table["split"] == "test"]
        measures = measure_network(engine, dataset, test, settings, trained.metrics, root)
        write_measures(measures, folder)
    uri = tracking_uri(config.tracking, root)
    with phases.phase("tracking"), store_errors(uri):
        run_id, digest, uses = _log_metrics(config, root, metrics, test)
    with phases.phase("report"):
        gallery = evaluation_gallery(table, findings.label_errors, ImageLookup(classes, dataset.shards, engine))
        evaluation = Evaluation(table, findings, measures, gallery, digest, uses)
        _write_page(evaluation, dataset, trained, config, root)
        _write_pictures(test, findings, dataset, root)
    with phases.phase("tracking"), store_errors(uri):
        log_evaluation(run_id, folder)
    print(f"test accuracy {metrics['accuracy']:.4f} on {metrics['images']} images, loss {metrics['loss']:.4f}")
    print(f"page: {EVALUATION_PAGE}")
    phases.close()
    return metrics


def _predict(
    dataset: "Dataset", manifest: "pd.DataFrame", golden: "GoldenBatch", config: Config, root: Path
) -> "pd.DataFrame":
    """Return the predictions table, also written; check the network with the golden batch."""
    from pipeline.evaluation.predicted_images import open_network, predicted_images

    network = open_network(root / MODEL, dataset)
    table = predicted_images(network, dataset, manifest, config.evaluation)
    with atomic_file(root / PREDICTIONS) as partial:
        table.to_parquet(partial, index=False)
    again = network.probabilities(golden.pixels(dataset.info.model_spec.preprocessing))
    write_json(root / GOLDEN_CHECK, {"keras_file": golden.difference(again)})
    return table


def _log_metrics(
    config: Config, root: Path, metrics: dict[str, Any], test: "pd.DataFrame"
) -> tuple[str, str, tuple[int, int]]:
    """Log the metrics; return the run's id, a digest of the test images, and how many runs and models used them."""
    from pipeline.tracking.models.trained_digest import trained_digest
    from pipeline.tracking.runs.continued_run import continued_run
    from pipeline.tracking.runs.evaluation_log import log_test_metrics
    from pipeline.tracking.runs.test_use import count_test_uses, tag_test_use, test_digest

    run_id = continued_run(config, root)
    log_test_metrics(run_id, metrics)
    digest = test_digest(test["digest"].tolist())
    tag_test_use(run_id, digest, trained_digest(root))
    uses = count_test_uses(digest)
    print(uses.sentence(len(test)))
    return run_id, digest, (uses.runs, uses.models)


def _write_page(
    evaluation: "Evaluation", dataset: "Dataset", trained: "TrainedModel", config: Config, root: Path
) -> None:
    from pipeline.report.evaluation.content_builder import evaluation_content
    from pipeline.report.evaluation.evaluation_page import evaluation_page
    from pipeline.tracking.lineage import run_params

    content = evaluation_content(run_params(config), dataset, trained, evaluation)
    write_text(root / EVALUATION_PAGE, evaluation_page(content))


def _write_pictures(test: "pd.DataFrame", findings: "TableFindings", dataset: "Dataset", root: Path) -> None:
    from pipeline.evaluation.predictions_table import highest_losses
    from pipeline.report.confusion_figure import confusion_figure
    from pipeline.report.predictions_figure import predictions_figure
    from pipeline.report.style import save

    save(confusion_figure(findings.confusion, dataset.info.classes), root / CONFUSION)
    hardest = highest_losses(test, SHOWN)
    save(predictions_figure(hardest, dataset.shards, "the test images with the highest loss"), root / HARDEST)


if __name__ == "__main__":
    run_stage("evaluate", lambda root: main(read_params(root), root))

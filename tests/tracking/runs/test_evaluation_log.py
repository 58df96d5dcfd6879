"""What an evaluation adds to a run, in a real MLflow store."""

import mlflow

from pipeline.tracking.lineage import run_params
from pipeline.tracking.runs.evaluation_log import log_evaluation, log_test_metrics


def test_an_undefined_figure_is_not_logged(run_id, config, tmp_path):
    mlflow.log_params(run_params(config), run_id=run_id)
    (tmp_path / "per_class.csv").write_text("class,recall\na,\n")
    log_test_metrics(run_id, {"accuracy": 0.75, "images": 4, "macro_roc_auc": None})
    log_evaluation(run_id, tmp_path)
    run = mlflow.get_run(run_id)
    assert run.data.metrics == {"test/accuracy": 0.75, "test/images": 4.0}
    listed = mlflow.artifacts.list_artifacts(run_id=run_id, artifact_path="evaluation")
    assert [file.path for file in listed] == ["evaluation/per_class.csv"]

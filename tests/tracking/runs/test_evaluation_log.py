"""What an evaluation adds to a run, in a real MLflow store."""

import json

import mlflow
import pytest

from pipeline.base.paths import EVALUATE_OUTPUTS, PREDICTIONS, TEST_METRICS
from pipeline.tracking.lineage import run_params
from pipeline.tracking.runs.evaluation_log import complete_evaluation, log_evaluation, log_test_metrics


def test_an_undefined_figure_is_not_logged(run_id, config, tmp_path):
    mlflow.log_params(run_params(config), run_id=run_id)
    (tmp_path / "per_class.csv").write_text("class,recall\na,\n")
    log_test_metrics(run_id, {"accuracy": 0.75, "images": 4, "macro_roc_auc": None})
    log_evaluation(run_id, tmp_path)
    run = mlflow.get_run(run_id)
    assert run.data.metrics == {"test/accuracy": 0.75, "test/images": 4.0}
    listed = mlflow.artifacts.list_artifacts(run_id=run_id, artifact_path="evaluation")
    assert [file.path for file in listed] == ["evaluation/per_class.csv"]


@pytest.mark.parametrize("there", ["nothing", "metrics", "files"])
def test_a_run_without_its_evaluation_gets_it_whole_whatever_was_interrupted(run_id, config, tmp_path, there):
    mlflow.log_params(run_params(config), run_id=run_id)
    (tmp_path / EVALUATE_OUTPUTS).mkdir(parents=True)
    (tmp_path / PREDICTIONS).write_text("the table")
    (tmp_path / TEST_METRICS).write_text(json.dumps({"accuracy": 0.75, "images": 4}))
    if there == "metrics":  # of a process that was killed between these and the files
        log_test_metrics(run_id, {"accuracy": 0.75, "images": 4})
    elif there == "files":
        log_evaluation(run_id, tmp_path / EVALUATE_OUTPUTS)
    complete_evaluation(run_id, tmp_path, "t" * 64, "d" * 64)
    run = mlflow.get_run(run_id)
    assert run.data.metrics == {"test/accuracy": 0.75, "test/images": 4.0}
    assert (run.data.tags["test.digest"], run.data.tags["test.model"]) == ("t" * 64, "d" * 64)
    listed = mlflow.artifacts.list_artifacts(run_id=run_id, artifact_path="evaluation")
    assert "evaluation/predictions.parquet" in [file.path for file in listed]

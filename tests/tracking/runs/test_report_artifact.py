"""The page of an evaluation in MLflow, and the links to it."""

import mlflow
import pytest

from pipeline.base.errors import PipelineError
from pipeline.tracking.experiment_page import NOTE
from pipeline.tracking.runs.descriptions import update_description
from pipeline.tracking.runs.evaluation_log import log_evaluation, log_test_metrics
from pipeline.tracking.runs.report_artifact import log_report, report_link

PARAMS = {
    "model.name": "googlenet_small", "model.width": "0.5", "data.name": "digits", "data.height": "32",
    "data.width": "32", "recipe.name": "quick", "recipe.epochs": "12", "recipe.seed": "0",
}  # fmt: skip


def note(run_id):
    return mlflow.get_run(run_id).data.tags[NOTE]


@pytest.fixture
def described(run_id):
    mlflow.log_params(PARAMS)
    return run_id


def test_a_run_with_a_page_links_to_it(described, tmp_path):
    update_description(described)
    assert "Open the evaluation" not in note(described)
    (tmp_path / "report.html").write_text("<html>", encoding="utf-8")
    (tmp_path / "metrics.json").write_text("{}", encoding="utf-8")
    log_test_metrics(described, {"accuracy": 0.9, "images": 10, "macro_f1": None})
    log_evaluation(described, tmp_path)
    run = mlflow.get_run(described)
    place = f"#/experiments/{run.info.experiment_id}/runs/{described}/artifacts/evaluation/report.html"
    assert note(described).endswith(f"\n\n[Open the evaluation]({place})")
    files = {file.path for file in mlflow.MlflowClient().list_artifacts(described, "evaluation")}
    assert files == {"evaluation/report.html", "evaluation/metrics.json"}


def test_a_later_page_takes_the_place_of_an_earlier_one(run_id, tmp_path):
    assert report_link(mlflow.get_run(run_id)) == ""
    page = tmp_path / "report.html"
    for text in ("first", "second"):
        page.write_text(text, encoding="utf-8")
        log_report(run_id, page)
    address = f"{mlflow.get_run(run_id).info.artifact_uri}/evaluation/report.html"
    assert mlflow.artifacts.load_text(address) == "second"
    assert report_link(mlflow.get_run(run_id)).startswith("[Open the evaluation](#/experiments/")


def test_a_page_of_another_name_is_refused(run_id, tmp_path):
    with pytest.raises(PipelineError, match=r"must be named report\.html"):
        log_report(run_id, tmp_path / "page.html")

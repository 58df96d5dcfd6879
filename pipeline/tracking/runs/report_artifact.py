"""The page of an evaluation among a run's files, and the link to it."""

from pathlib import Path
from urllib.parse import quote

import mlflow
from mlflow.entities import Run

from pipeline.base.errors import PipelineError

FOLDER, NAME = "evaluation", "report.html"  # where the page lies among the run's files
REPORT = "evaluation.report"  # tag of a run that has the page: its path among the run's files


def log_report(run_id: str, file: Path) -> None:
    """Add the page to the run's files; it takes the place of an earlier one.

    Args:
        run_id: the training's run.
        file: the page, named report.html.

    Raises:
        PipelineError: the file has another name.
    """
    if file.name != NAME:
        raise PipelineError(f"the page of an evaluation must be named {NAME}, got {file}")
    mlflow.log_artifact(str(file), FOLDER, run_id=run_id)
    mark_report(run_id)


def mark_report(run_id: str) -> None:
    """Tag a run that has the page among its files, so that descriptions link to it."""
    mlflow.MlflowClient().set_tag(run_id, REPORT, f"{FOLDER}/{NAME}")


def report_link(run: Run) -> str:
    """Return a link to the run's page, in Markdown; '' if it has none.

    The address is relative to MLflow's own pages, so that it works whatever the server's name is. MLflow shows the
    page inside its list of the run's files.

    Args:
        run: of a training.
    """
    path = run.data.tags.get(REPORT)
    if not path:
        return ""
    place = f"#/experiments/{run.info.experiment_id}/runs/{run.info.run_id}/artifacts/{quote(path)}"
    return f"[Open the evaluation]({place})"

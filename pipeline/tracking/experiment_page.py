"""What MLflow's web page shows of an experiment: its description, the columns of its runs, its address."""

import json
from pathlib import Path

import mlflow

from pipeline.config.schema.pipeline_schema import TrackingConfig
from pipeline.tracking.metric_names import MINUTES, SAVED_ACCURACY, SAVED_EPOCH, TEST_ACCURACY
from pipeline.tracking.store import open_store, tracking_uri

LOCAL = "http://127.0.0.1:5000"  # where a flagless `mlflow ui` listens
NOTE = "mlflow.note.content"  # the tag that is shown as the description
VIEW = "results"  # name of the shared view that selects columns
# Without the first of these a new browser shows MLflow's pages for language models.
QUERY = f"workflowType=machine_learning&viewStateShareKey={VIEW}"
TRAINING_COLUMNS = [
    *(f"metrics.`{name}`" for name in (TEST_ACCURACY, SAVED_ACCURACY, SAVED_EPOCH, MINUTES)),
    "attributes.`Models`",
    "tags.`overrides`",
]
SEARCH_COLUMNS = [
    *(f"metrics.`{name}`" for name in ("val_accuracy", "val_loss", "epochs", "multiply_adds", "parameters")),
    "tags.`search.kind`",
]


def describe_trainings(experiment_id: str, data: str) -> None:
    """Describe an experiment of trainings on the data set `data`, unless it has a description."""
    text = (
        f"Trainings of a GoogLeNet on {data}: one run per training, from `dvc repro` or `dvc exp run`. "
        f"`{TEST_ACCURACY}` is on the test images, `{SAVED_ACCURACY}` on the validation images in the epoch whose "
        f"weights were saved (`{SAVED_EPOCH}`), `{MINUTES}` is the training time."
    )
    _describe(experiment_id, text, TRAINING_COLUMNS)


def describe_searches(experiment_id: str, data: str) -> None:
    """Describe an experiment of searches on the data set `data`, unless it has a description."""
    text = (
        f"Searches for a GoogLeNet on {data}, from `python -m pipeline.tune`: one run per search with its report, and "
        "under it one run per trial (`search.kind` is `trial`) and per retraining (`retrain`)."
    )
    _describe(experiment_id, text, SEARCH_COLUMNS)


def experiment_address(config: TrackingConfig, root: Path) -> str:
    """Return the address of the configured experiment's runs, on the tracking server or in a local `mlflow ui`.

    Args:
        config: store and experiment.
        root: the project's folder.

    Raises:
        PipelineError: the tracking server does not answer.
    """
    uri = tracking_uri(config, root)
    server = uri.rstrip("/") if uri.startswith(("http://", "https://")) else LOCAL
    return f"{server}/{_link(open_store(config, root))}"


def _describe(experiment_id: str, text: str, columns: list[str]) -> None:
    """Set description and columns; the description links to the runs, which a click on the experiment does not show."""
    client = mlflow.MlflowClient()
    if NOTE not in client.get_experiment(experiment_id).tags:
        view = json.dumps({"selectedColumns": columns, "columnOrder": []})
        client.set_experiment_tag(experiment_id, f"mlflow.sharedViewState.{VIEW}", view)
        client.set_experiment_tag(experiment_id, "mlflow.experimentKind", "custom_model_development")
        client.set_experiment_tag(experiment_id, NOTE, f"**[Open the runs]({_link(experiment_id)})**\n\n{text}")


def _link(experiment_id: str) -> str:
    return f"#/experiments/{experiment_id}/runs?{QUERY}"

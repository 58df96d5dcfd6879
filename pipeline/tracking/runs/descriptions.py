"""Names and descriptions that distinguish runs in MLflow."""

import datetime
from collections.abc import Mapping

import mlflow

from pipeline.config.schema.pipeline_schema import Config
from pipeline.tracking.experiment_page import NOTE
from pipeline.tracking.metric_names import MINUTES, SAVED_ACCURACY, SAVED_EPOCH, TEST_ACCURACY
from pipeline.tracking.runs.report_artifact import report_link

REGISTERED = "registered.as"
LONGEST = 60  # characters of changed settings in a run's name
NOT_IN_NAMES = ("gate", "tracking", "evaluation", "experiment", "data.path", "data.depends_on")


def run_name(config: Config, when: datetime.datetime, experiment: str | None = None) -> str:
    """Return a name such as `epochs=2 width=0.5, googlenet_small quick, Nov 27 14:05`.

    Args:
        config: the settings; what was set besides conf/ comes first.
        when: the run began, in local time.
        experiment: name of the DVC experiment, if it is one.
    """
    overrides = (override.partition("=") for override in config.overrides if not override.startswith(NOT_IN_NAMES))
    changed = " ".join(f"{key.rpartition('.')[2]}={value}" for key, _, value in overrides if "." in key)
    parts = [changed[:LONGEST], f"{config.model.name} {config.recipe.name}", f"{when:%b %d %H:%M}"]
    return (f"{experiment}: " if experiment else "") + ", ".join(part for part in parts if part)


def update_description(run_id: str) -> None:
    """Describe the run in a few sentences, from what has been logged to it so far."""
    run = mlflow.get_run(run_id)
    note = describe(run.data.params, run.data.metrics, run.data.tags)
    if link := report_link(run):
        note += f"\n\n{link}"
    mlflow.MlflowClient().set_tag(run_id, NOTE, note)


def describe(params: Mapping[str, str], metrics: Mapping[str, float], tags: Mapping[str, str]) -> str:
    """Return the description of a run with these parameters, metrics and tags."""
    overrides = tags.get("overrides", "none")
    sentences = [
        f"{params['model.name']} (width {params['model.width']}) trained on {params['data.name']} at "
        f"{params['data.height']}×{params['data.width']} by recipe {params['recipe.name']}, {params['recipe.epochs']} "
        f"epochs, seed {params['recipe.seed']}.",
        f"Set besides conf/: {overrides}." if overrides != "none" else "Settings as in conf/.",
    ]
    if SAVED_EPOCH in metrics:
        minutes = f" Training took {metrics[MINUTES]:.1f} minutes." if MINUTES in metrics else ""
        sentences.append(
            f"The saved model is that of epoch {metrics[SAVED_EPOCH]:.0f}, validation accuracy "
            f"{metrics[SAVED_ACCURACY]:.4f}.{minutes}"
        )
    if TEST_ACCURACY in metrics:
        sentences.append(f"Test accuracy {metrics[TEST_ACCURACY]:.4f} on {metrics['test/images']:.0f} images.")
    if REGISTERED in tags:
        sentences.append(f"Registered as {tags[REGISTERED]}.")
    elif tags.get("registered") == "false":
        sentences.append("Not registered: see decision.json.")
    return " ".join(sentences)

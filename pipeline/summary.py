"""Print the last result and where to look next: `python -m pipeline.summary`."""

import os
import sys
from pathlib import Path
from typing import Any

from pipeline.base.command import run_command
from pipeline.base.errors import PipelineError, StoreError
from pipeline.base.paths import (
    AUDIT_REPORT,
    DECISION,
    MODEL_PAGE,
    TEST_METRICS,
    TRAIN_METRICS,
    project_root,
)  # fmt: skip
from pipeline.base.stage_files.stage_output import read_stage_output
from pipeline.config.params_file import read_params


def main(root: Path) -> list[str]:
    """Return the lines that show a reader the last result and what to do with it.

    Raises:
        PipelineError: the pipeline has not run yet.
    """
    test = read_stage_output(root / TEST_METRICS, "evaluate")
    read_stage_output(root / DECISION, "register")
    trained = read_stage_output(root / TRAIN_METRICS, "train")
    return [
        f"test accuracy  {_figure(test, 'accuracy')} on {test['images']} images; top-{test['top_k']} "
        f"{_figure(test, 'top_k_accuracy')}, macro F1 {_figure(test, 'macro_f1')}, worst class's recall "
        f"{_figure(test, 'min_class_recall')}",
        f"validation     {trained['val_accuracy']:.4f} in epoch {trained['best_epoch']} of {trained['epochs']} (saved)",
        f"network        {trained['parameters']:,} parameters, {trained['multiply_adds'] / 1e6:,.0f}M multiply-adds",
        f"model          {_model(root)}",
        *([f"evaluation     {MODEL_PAGE}   (a page to open in a browser)"] if (root / MODEL_PAGE).is_file() else []),
        f"data           {AUDIT_REPORT}",
        *_all_runs(root),
        *_activation(root),
        "classify       python -m pipeline.predict PHOTO   (files, folders, patterns)",
        "train on yours dvc exp run -S data=folder -S data.path=/path/to/photos",
    ]


def _figure(metrics: dict[str, Any], name: str) -> str:
    return "undefined" if metrics[name] is None else f"{metrics[name]:.4f}"


def _model(root: Path) -> str:
    """Return what the registry, as it is now, has of the workspace's model."""
    from pipeline.lifecycle.alignment.registry_sync import describe_result
    from pipeline.lifecycle.alignment.workspace_result import read_result

    try:
        return describe_result(read_result(root), read_params(root), root)
    except PipelineError as error:
        return str(error)


def _all_runs(root: Path) -> list[str]:
    from pipeline.tracking.experiment_page import experiment_address

    try:
        address = experiment_address(read_params(root).tracking, root)
    except StoreError:  # the line about the model says so
        return []
    return [
        f"all runs       mlflow ui   (then {address})",
        "               python -m pipeline.experiments   (in the terminal)",
    ]


def _activation(root: Path) -> list[str]:
    """Return how to activate the environment, if this process runs in one that the user's shell does not."""
    environment = Path(sys.prefix)
    if sys.prefix == sys.base_prefix or os.environ.get("VIRTUAL_ENV"):
        return []
    shown = environment.relative_to(root) if environment.is_relative_to(root) else environment
    return [f"next step      source {shown}/bin/activate   (once per terminal, before any of these commands)"]


if __name__ == "__main__":
    run_command(lambda: print("\n" + "\n".join(main(project_root()))))

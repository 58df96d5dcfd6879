"""The evaluated model whose files lie in a project's folder, or in a copy of some of them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from pipeline.base.errors import PipelineError
from pipeline.base.paths import MANIFEST, PARAMS, PREDICTIONS, PREPARE_SUMMARY, RUN
from pipeline.base.stage_files.dvc_lock import LOCK, recorded_params
from pipeline.base.stage_files.stage_output import read_stage_output, read_stage_table
from pipeline.evaluation.named_models.evaluated_model import EvaluatedModel, flat_settings
from pipeline.evaluation.named_models.predictions_file import read_predictions

OPTIONAL = (LOCK, PARAMS, PREPARE_SUMMARY, RUN, MANIFEST)  # files that say where the predictions come from
STAGES = ("prepare", "train", "evaluate")


def project_model(folder: Path, title: str, name: str) -> EvaluatedModel:
    """Return the model that the outputs in a folder describe.

    Args:
        folder: with outputs/evaluate/predictions.parquet; the other files of a project may be missing.
        title: what to call it.
        name: of the predictions, for errors.

    Raises:
        PipelineError: there are no predictions, or they cannot be read.
    """
    table, classes = read_predictions(folder / PREDICTIONS, name)
    return EvaluatedModel(title, table, classes, _settings(folder), _facts(folder), _fitted(folder))


def file_model(file: Path) -> EvaluatedModel:
    """Return the model whose predictions a file holds; its settings are known if it lies among a project's outputs.

    Args:
        file: a predictions.parquet.

    Raises:
        PipelineError: as `project_model`.
    """
    absolute, title = file.absolute(), f"predictions in {file}"
    folder = absolute.parents[len(Path(PREDICTIONS).parts) - 1] if len(absolute.parts) > 3 else absolute.parent
    if absolute == folder / PREDICTIONS:
        return project_model(folder, title, str(file))
    return EvaluatedModel(title, *read_predictions(file, str(file)))


def _settings(folder: Path) -> dict[str, Any]:
    """Return the settings with which DVC made the outputs, or else those of params.yaml."""
    recorded: Any = {key: value for stage in STAGES for key, value in recorded_params(folder, stage).items()}
    if not recorded and (folder / PARAMS).is_file():
        try:
            recorded = yaml.safe_load((folder / PARAMS).read_text(encoding="utf-8")) or {}
        except (yaml.YAMLError, UnicodeDecodeError):
            recorded = None
        if not isinstance(recorded, dict):
            raise PipelineError(f"{PARAMS} of {folder} is no YAML mapping")
    return flat_settings(recorded)


def _facts(folder: Path) -> dict[str, str]:
    facts = {}
    if (folder / RUN).is_file():
        run = read_stage_output(folder / RUN, "train")
        facts = tag_facts(run.get("lineage", {}).items()) | {"MLflow run": str(run["run_id"])}
    if (folder / PREPARE_SUMMARY).is_file():
        summary = read_stage_output(folder / PREPARE_SUMMARY, "prepare")
        facts |= {f"{split} images": f"{count:,}" for split, count in summary["images"].items()}
    return facts


def tag_facts(tags: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return what a run's tags say of where its model comes from: labels and texts.

    Args:
        tags: names and values, such as `data.digest`.
    """
    known = {"data.digest": "data digest", "git.commit": "git commit", "overrides": "set besides conf/"}
    found = {known[name]: value for name, value in tags if name in known and value != "none"}
    return {label: found[label] for label in known.values() if label in found}


def _fitted(folder: Path) -> frozenset[str]:
    """Return the digests of the images that the manifest has in the training and validation splits."""
    if not (folder / MANIFEST).is_file():
        return frozenset()
    manifest = read_stage_table(folder / MANIFEST, "prepare", ["digest", "split", "position"])
    used = manifest["split"].isin(["train", "validation"]) & (manifest["position"] >= 0)
    return frozenset(manifest.loc[used, "digest"])

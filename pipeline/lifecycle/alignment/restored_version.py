"""The workspace's model registered again without training, with all that its run and version had."""

from pathlib import Path

import mlflow

from pipeline.base.paths import MODEL_PAGE, PREDICTIONS, TEST_METRICS
from pipeline.base.stage_files.stage_output import read_stage_output
from pipeline.config.schema.pipeline_schema import Config
from pipeline.evaluation.named_models.predictions_file import read_predictions
from pipeline.lifecycle.alignment.workspace_result import WorkspaceResult
from pipeline.lifecycle.champion.champion_decision import verdict_tags
from pipeline.lifecycle.champion.champion_verdict import ChampionVerdict
from pipeline.lifecycle.champion.decision_tags import COMPARISON, CRITERION, PREFIX, criteria_tags
from pipeline.lifecycle.provenance.integrity.version_manifest import write_manifest
from pipeline.registry.gate import Criterion
from pipeline.registry.version_tags import replace_tags
from pipeline.registry.versions import RegisteredVersion
from pipeline.tracking.models.registration import log_decision, register_run
from pipeline.tracking.models.trained_digest import trained_digest
from pipeline.tracking.runs.continued_run import continued_run
from pipeline.tracking.runs.evaluation_log import complete_evaluation
from pipeline.tracking.runs.report_artifact import log_report


def restore_version(result: WorkspaceResult, config: Config, root: Path) -> tuple[RegisteredVersion, str]:
    """Register the workspace's model; return the version and the id of its run, rebuilt if the store lacks it.

    Args:
        result: of the workspace, complete, which passed the gate.
        config: the settings it was made with.
        root: the project's folder.

    Raises:
        PipelineError: the registered name belongs to other data.
        MlflowException: the store cannot be asked.
    """
    trained_digest(root)  # refuses files of two trainings
    metrics = read_stage_output(root / TEST_METRICS, "evaluate")
    run_id = continued_run(config, root)
    complete_evaluation(run_id, root, str(result.decision["test_digest"]), result.digest)
    version = register_run(run_id, config, metrics, result.digest)
    write_manifest(version.name, version.number)  # a signature is for the owner of the key: models sign
    if COMPARISON not in mlflow.MlflowClient().get_model_version(version.name, str(version.number)).tags:
        tags = _decision_tags(result, config, root)
        replace_tags(version.name, version.number, tags, (CRITERION, PREFIX))
    if (root / MODEL_PAGE).is_file():
        log_report(run_id, root / MODEL_PAGE)
    log_decision(run_id, result.decision, root, version)
    return version, run_id


def _decision_tags(result: WorkspaceResult, config: Config, root: Path) -> dict[str, str]:
    """Return the tags of a version that record the decision in the workspace, the one that is looked for last."""
    criteria = [
        Criterion(**{key: value for key, value in one.items() if key != "passed"})
        for one in result.decision["criteria"]
    ]
    tags = criteria_tags(criteria)
    if result.decision["champion"]:
        verdict = ChampionVerdict(**result.decision["champion"])
        if verdict.images is None:  # else it rests on a champion of the store in which it was decided
            table, _ = read_predictions(root / PREDICTIONS, PREDICTIONS)
            tags |= verdict_tags(verdict, table, config)
        tags |= {COMPARISON: verdict.reason}
    return tags

"""The decision on an evaluated model: registered or not, champion or not; logged, shown on the page, carried out."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import mlflow

from pipeline.base.digests import SHORT, text_digest
from pipeline.base.files import write_text
from pipeline.base.paths import MODEL_PAGE
from pipeline.config.schema.pipeline_schema import Config
from pipeline.lifecycle.champion.champion_decision import PREFIX, decide_champion, promote, verdict_tags
from pipeline.lifecycle.champion.champion_verdict import ChampionVerdict
from pipeline.lifecycle.champion.evaluated_files import EvaluatedFiles
from pipeline.lifecycle.provenance.integrity.version_manifest import write_manifest
from pipeline.registry.aliases import move_alias
from pipeline.registry.gate import Criterion, GoldenCheck, decision_text
from pipeline.registry.version_tags import replace_tags
from pipeline.registry.versions import RegisteredVersion
from pipeline.report.evaluation.gate_section import with_gate
from pipeline.tracking.metric_names import accepted_names
from pipeline.tracking.models.registration import log_decision, register_run
from pipeline.tracking.runs.report_artifact import log_report

CRITERION = "gate."  # prefix of the tags of a version with its criteria
LONGEST_KEY = 250  # characters of a tag's key
EVIDENCE = {"git.commit": "commit", "git.dirty": "dirty", "data.digest": "data"}  # tags of a run, in the ledger


def decide(
    config: Config,
    root: Path,
    run_id: str,
    evaluated: EvaluatedFiles,
    criteria: Sequence[Criterion],
    golden: GoldenCheck | None,
    key: Path | None = None,
) -> dict[str, Any]:
    """Register and promote a model as far as it deserves it, write its page and log the decision; return it.

    Everything is recorded before the aliases are moved, and running it again completes what a crash left undone.

    Args:
        config: the settings.
        root: the project's folder.
        run_id: of the training.
        evaluated: the model.
        criteria: the gate's.
        golden: of the golden batch, where it was replayed.
        key: file of a private key with which the version is signed; None: it is not.

    Raises:
        PipelineError: another version became the champion in the meantime, or the version's files have changed since
            it was registered.
        MlflowException: the store cannot be asked.
    """
    passed = all(criterion.passed for criterion in criteria) and not (golden and golden.failed)
    version, verdict = _registered(config, root, run_id, evaluated, criteria, key) if passed else (None, None)
    tracking = config.tracking
    decision: dict[str, Any] = {
        "registered": passed,
        "reason": decision_text(criteria, golden),
        "criteria": [criterion.record() for criterion in criteria],
        "champion": verdict.record() if verdict else None,
        "name": tracking.registered_model,
        "aliases": [tracking.alias] * passed + [tracking.champion_alias] * bool(verdict and verdict.promoted),
        "model_digest": evaluated.model_digest,
        "test_digest": evaluated.test_digest,
    }
    write_text(root / MODEL_PAGE, with_gate(evaluated.page, decision))
    log_report(run_id, root / MODEL_PAGE)
    log_decision(run_id, decision, root, version)
    if version and verdict:
        _move_aliases(config, run_id, version, verdict, str(decision["reason"]))
    return decision


def criteria_tags(criteria: Sequence[Criterion]) -> dict[str, str]:
    """Return the tags of a version that say what was measured, such as `gate.accuracy`: `0.9694, at least 0.9: passed`.

    Args:
        criteria: the gate's.
    """
    names = accepted_names(criterion.metric for criterion in criteria)
    return {_key(names[one.metric]): one.sentence for one in criteria}


def _key(name: str) -> str:
    """Return a tag's key for a criterion; one that is too long ends in a digest, so that no two become the same."""
    key = f"{CRITERION}{name}"
    return key if len(key) <= LONGEST_KEY else f"{key[: LONGEST_KEY - SHORT - 1]}.{text_digest(key)[:SHORT]}"


def _registered(
    config: Config,
    root: Path,
    run_id: str,
    evaluated: EvaluatedFiles,
    criteria: Sequence[Criterion],
    key: Path | None,
) -> tuple[RegisteredVersion, ChampionVerdict]:
    """Register the model and compare it with the champion; record on the version what was found."""
    version = register_run(run_id, config, evaluated.metrics, evaluated.model_digest)
    print(f"{version.name} version {version.number}" + (" (new)" if version.new else " (was registered before)"))
    write_manifest(version.name, version.number, key)
    verdict = decide_champion(version.number, evaluated.table, evaluated.classes, config, root)
    tags = criteria_tags(criteria) | verdict_tags(verdict, evaluated.table, config)
    replace_tags(version.name, version.number, tags, (CRITERION, PREFIX))
    return version, verdict


def _move_aliases(
    config: Config, run_id: str, version: RegisteredVersion, verdict: ChampionVerdict, reason: str
) -> None:
    """Point the aliases to the version; each move goes to the ledger."""
    tags = mlflow.get_run(run_id).data.tags
    evidence = {"run": run_id} | {name: tags[tag] for tag, name in EVIDENCE.items() if tag in tags}
    candidate, champion = config.tracking.alias, config.tracking.champion_alias
    move_alias(version.name, candidate, version.number, action="register", reason=reason, evidence=evidence)
    if promote(version.number, verdict, evidence, config) != verdict.promoted:
        return  # somebody has moved the alias since; that was printed
    print(f"it {f'becomes {champion}' if verdict.promoted else f'stays {candidate}'}: {verdict.reason}")

"""Stage 4: a model that passes the gate becomes a registered version."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.base.files import read_stage_output, read_stage_text, write_json, write_text
from pipeline.base.paths import DECISION, EVALUATION_PAGE, GOLDEN, GOLDEN_CHECK, MODEL_PAGE, RUN, TEST_METRICS
from pipeline.base.phases import PhaseTimer
from pipeline.config.params_file import read_params
from pipeline.config.schema.pipeline_schema import Config
from pipeline.config.stage_command import run_stage

if TYPE_CHECKING:
    from pipeline.registry.gate import GoldenCheck


def main(config: Config, root: Path) -> dict[str, Any]:
    """Check the evaluated model against the gate and register it if it passes; return the decision, also written.

    Raises:
        PipelineError: an earlier stage has not run, or the tracking server does not answer.
    """
    from pipeline.registry.gate import check_floors, decision_text
    from pipeline.report.evaluation.gate_section import gate_slot, with_gate
    from pipeline.tracking.runs.continued_run import continued_run
    from pipeline.tracking.runs.report_artifact import log_report

    phases = PhaseTimer("register")
    for kept in (DECISION, MODEL_PAGE):  # DVC keeps them; if this stage failed, they would be of another model
        (root / kept).unlink(missing_ok=True)
    metrics = read_stage_output(root / TEST_METRICS, "evaluate")
    digest = str(read_stage_output(root / RUN, "train")["model_digest"])
    page = read_stage_text(root / EVALUATION_PAGE, "evaluate")
    gate_slot(page)
    checks = check_floors(config.gate, metrics)
    with phases.phase("tracking"):
        run_id = continued_run(config, root)
    golden = None
    if all(check.passed for check in checks):
        with phases.phase("golden batch"):
            golden = _check_golden(config, root, run_id, digest)
    decision: dict[str, Any] = {
        "registered": all(check.passed for check in checks) and not (golden and golden.failed),
        "reason": decision_text(checks, golden),
        "checks": [asdict(check) | {"passed": check.passed} for check in checks],
        "model_digest": digest,
    }
    with phases.phase("registry"):
        decision |= _register(config, root, metrics, decision, run_id)
        write_text(root / MODEL_PAGE, with_gate(page, decision))
        log_report(run_id, root / MODEL_PAGE)
    write_json(root / DECISION, decision)
    print(decision["reason"])
    phases.close()
    return decision


def _check_golden(config: Config, root: Path, run_id: str, digest: str) -> "GoldenCheck | None":
    """Replay the golden batch through the logged model, unless that was done when it was registered before."""
    from pipeline.data.golden_batch import read_golden, tolerance
    from pipeline.registry.gate import GoldenCheck
    from pipeline.registry.versions import version_with_digest
    from pipeline.tracking.models.golden_replay import replay_golden

    if version_with_digest(config.tracking.registered_model, digest) is not None:
        return None
    by_keras = read_stage_output(root / GOLDEN_CHECK, "evaluate")
    replayed = replay_golden(run_id, read_golden(root / GOLDEN))
    check = GoldenCheck(
        {**by_keras, **replayed.differences},
        dict.fromkeys(by_keras, tolerance("float32")) | dict.fromkeys(replayed.differences, tolerance(replayed.engine)),
    )
    largest = ", ".join(f"{way} {value:.2g}" for way, value in check.differences.items())
    print(f"golden batch: largest differences of a probability: {largest} ({replayed.engine})")
    return check


def _register(
    config: Config, root: Path, metrics: dict[str, Any], decision: dict[str, Any], run_id: str
) -> dict[str, Any]:
    """Register the model if the decision says so, and log the decision; return the version's name, number and alias."""
    from pipeline.registry.aliases import move_alias
    from pipeline.tracking.models.registration import log_decision, register_run

    place: dict[str, Any] = {}
    if decision["registered"]:
        version = register_run(run_id, config, metrics, str(decision["model_digest"]))
        move_alias(
            version.name,
            config.tracking.alias,
            version.number,
            action="register",
            reason=str(decision["reason"]),
            evidence={"run": run_id},
        )
        place = {"name": version.name, "version": version.number, "alias": config.tracking.alias}
        print(f"{version.name} version {version.number}" + (" (new)" if version.new else " (was registered before)"))
    log_decision(run_id, decision | place, root)
    return place


if __name__ == "__main__":
    run_stage("register", lambda root: main(read_params(root), root))

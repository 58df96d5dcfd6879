"""Stage 4: a model that passes the gate becomes a registered version."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline.base.files import read_stage_output, write_json
from pipeline.base.paths import DECISION, RUN, TEST_METRICS
from pipeline.base.phases import PhaseTimer
from pipeline.config.params_file import read_params
from pipeline.config.schema.pipeline_schema import Config
from pipeline.config.stage_command import run_stage


def main(config: Config, root: Path) -> dict[str, Any]:
    """Check the evaluated model against the gate and register it if it passes; return the decision, also written.

    Raises:
        PipelineError: an earlier stage has not run, or the tracking server does not answer.
    """
    from pipeline.registry.gate import check_floors, decision_text

    phases = PhaseTimer("register")
    (root / DECISION).unlink(missing_ok=True)  # DVC keeps it; if this stage failed, it would be of another model
    metrics = read_stage_output(root / TEST_METRICS, "evaluate")
    checks = check_floors(config.gate, metrics)
    decision: dict[str, Any] = {
        "registered": all(check.passed for check in checks),
        "reason": decision_text(checks),
        "checks": [asdict(check) | {"passed": check.passed} for check in checks],
        "model_digest": read_stage_output(root / RUN, "train")["model_digest"],
    }
    with phases.phase("registry"):
        decision |= _register(config, root, metrics, decision)
    write_json(root / DECISION, decision)
    print(decision["reason"])
    phases.close()
    return decision


def _register(config: Config, root: Path, metrics: dict[str, Any], decision: dict[str, Any]) -> dict[str, Any]:
    """Register the model if the decision says so, and log the decision; return the version's name, number and alias."""
    from pipeline.registry.versions import set_alias
    from pipeline.tracking.models.registration import log_decision, register_run
    from pipeline.tracking.runs.continued_run import continued_run

    run_id = continued_run(config, root)
    place: dict[str, Any] = {}
    if decision["registered"]:
        version = register_run(run_id, config, metrics, str(decision["model_digest"]))
        set_alias(version.name, config.tracking.alias, version.number)
        place = {"name": version.name, "version": version.number, "alias": config.tracking.alias}
        print(f"{version.name} version {version.number}" + (" (new)" if version.new else " (was registered before)"))
    log_decision(run_id, decision | place, root)
    return place


if __name__ == "__main__":
    run_stage("register", lambda root: main(read_params(root), root))

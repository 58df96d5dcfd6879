"""Stage 4: a model that clears the gate's floors becomes a registered version."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline.base.command import run_stage
from pipeline.base.files import read_output, write_json
from pipeline.base.phases import Phases
from pipeline.config.params_file import read_params
from pipeline.config.schema import Config

IMAGES = "outputs/prepare/images"
TRAIN = "outputs/train"
METRICS = "outputs/evaluate/metrics.json"
DECISION = "outputs/register/decision.json"


def main(config: Config, root: Path) -> dict[str, Any]:
    """Judge the evaluated model and register it if it passes; return the decision, which is also written."""
    from pipeline.registry.gate import checks, verdict

    phases = Phases("register")
    (root / DECISION).unlink(missing_ok=True)  # DVC keeps it; were this stage to fail, it would tell of another model
    metrics = read_output(root / METRICS, "evaluate")
    made = checks(config.gate, metrics)
    decision: dict[str, Any] = {
        "registered": all(check.passed for check in made),
        "reason": verdict(made),
        "checks": [asdict(check) | {"passed": check.passed} for check in made],
        "model_digest": read_output(root / TRAIN / "run.json", "train")["model_digest"],
    }
    with phases.phase("registry"):
        decision |= _track(config, root, metrics, decision)
    write_json(root / DECISION, decision)
    print(decision["reason"])
    phases.close()
    return decision


def _track(config: Config, root: Path, metrics: dict[str, Any], decision: dict[str, Any]) -> dict[str, Any]:
    """Note the decision in the run; register where it is favourable and return the version's coordinates."""
    from pipeline.registry.versions import point_alias
    from pipeline.tracking.continued import continued_run
    from pipeline.tracking.registration import log_decision, register_run

    run_id = continued_run(config, root, root / TRAIN, root / IMAGES)
    coordinates: dict[str, Any] = {}
    if decision["registered"]:
        version = register_run(run_id, config, root, metrics, str(decision["model_digest"]))
        point_alias(version.name, config.tracking.alias, version.number)
        coordinates = {"name": version.name, "version": version.number, "alias": config.tracking.alias}
        print(f"{version.name} version {version.number}" + (" (new)" if version.new else " (was there already)"))
    log_decision(run_id, decision | coordinates, root)
    return coordinates


if __name__ == "__main__":
    run_stage("register", lambda root: main(read_params(root), root))

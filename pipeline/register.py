"""Stage 4: a model that passes the gate becomes a registered version, and the champion if the rule says so."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.base.files import write_json
from pipeline.base.paths import DECISION, GOLDEN, GOLDEN_CHECK, MODEL_PAGE
from pipeline.base.phases import PhaseTimer
from pipeline.base.stage_files.stage_output import read_stage_output
from pipeline.config.params_file import read_params
from pipeline.config.schema.pipeline_schema import Config
from pipeline.config.stage_command import run_stage

if TYPE_CHECKING:
    from pipeline.registry.gate import GoldenCheck


def main(config: Config, root: Path) -> dict[str, Any]:
    """Check the evaluated model against the gate, register it if it passes, and promote it if the rule says so.

    The decision is written last: what a crash left undone is done when the stage runs again.

    Returns:
        The decision, also written. It names no version, since each store numbers its own; only the reason may name a
        champion that cannot be compared.

    Raises:
        PipelineError: an earlier stage has not run, a bound is set for an unknown class, the key for signing is none,
            or the tracking server does not answer.
    """
    from pipeline.lifecycle.champion.evaluated_files import read_evaluated
    from pipeline.lifecycle.champion.gate_decision import decide
    from pipeline.lifecycle.provenance.integrity.version_manifest import signing_key
    from pipeline.registry.gate import check_gate
    from pipeline.tracking.runs.continued_run import continued_run
    from pipeline.tracking.runs.evaluation_log import complete_evaluation
    from pipeline.tracking.server.store_failures import store_errors
    from pipeline.tracking.store import tracking_uri

    phases = PhaseTimer("register")
    for kept in (DECISION, MODEL_PAGE):  # DVC keeps them; if this stage failed, they would be of another model
        (root / kept).unlink(missing_ok=True)
    key = signing_key(config.tracking, root)
    evaluated = read_evaluated(root)
    criteria = check_gate(config.gate, evaluated.measured, evaluated.classes)
    with store_errors(tracking_uri(config.tracking, root)):
        with phases.phase("tracking"):
            run_id = continued_run(config, root)
            complete_evaluation(run_id, root, evaluated.test_digest, evaluated.model_digest)
        golden = None
        if all(criterion.passed for criterion in criteria):
            with phases.phase("golden batch"):
                golden = _check_golden(config, root, run_id, evaluated.model_digest)
        with phases.phase("registry"):
            decision = decide(config, root, run_id, evaluated, criteria, golden, key)
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


if __name__ == "__main__":
    run_stage("register", lambda root: main(read_params(root), root))

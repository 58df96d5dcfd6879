"""How long an evaluation takes beside predicting its images: figures, robustness, cost, the page, MLflow.

It makes a project with images of noise, trains a network for one epoch, and evaluates it.

Example:
    python -m benchmarks.evaluation.evaluation_time
"""

import argparse
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.speed.speed_project import SIZES, make_project, run_module
from pipeline.base.paths import TEST_METRICS
from pipeline.base.phases import PHASES_FILE

SIDE = 32
TRAINED, VALIDATED = 640, 320  # images
NOT_WORK = ("start-up", "imports", "prediction")


def main(images: int, rounds: int) -> str:
    """Return the table as Markdown.

    Args:
        images: test images.
        rounds: evaluations of the same network.
    """
    lines = [
        "| evaluation | predicting, s | figures, s | robustness and cost, s | page and pictures, s | MLflow, s | "
        "all but predicting / predicting |",
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    with tempfile.TemporaryDirectory() as place:
        project = Path(place)
        make_project(
            project, SIZES[SIDE], TRAINED, VALIDATED, ["recipe.epochs=1", "recipe.warmup_epochs=0", "gate=open"], images
        )
        run_module(project, "pipeline.train")
        lines += [f"| {number} | {_row(_phases(project))} |" for number in range(1, rounds + 1)]
        tested = json.loads((project / TEST_METRICS).read_text(encoding="utf-8"))["images"]
    predicted = tested + TRAINED + VALIDATED
    return "\n".join(lines) + f"\n\n{tested:,} test images, {predicted:,} predicted images of {SIDE}×{SIDE} pixels."


def _phases(project: Path) -> dict[str, float]:
    """Return the seconds of each phase of one evaluation."""
    file = project / "phases.jsonl"
    file.unlink(missing_ok=True)
    run_module(project, "pipeline.evaluate", **{PHASES_FILE: str(file)})
    return dict(json.loads(file.read_text(encoding="utf-8").splitlines()[-1])["seconds"])


def _row(seconds: Mapping[str, float]) -> str:
    work = sum(value for name, value in seconds.items() if name not in NOT_WORK)
    shown = [seconds[name] for name in ("prediction", "metrics", "robustness", "report", "tracking")]
    return " | ".join([*(f"{value:.1f}" for value in shown), f"{work / seconds['prediction']:.2f}"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=10_000, help="test images (default: 10,000)")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    print(main(arguments.images, arguments.rounds))

"""Where to look next: what the last run of the pipeline made."""

from pathlib import Path
from typing import Any

from pipeline.base.command import run
from pipeline.base.files import read_output
from pipeline.base.paths import project_root
from pipeline.config.params_file import read_params

METRICS = "outputs/evaluate/metrics.json"
DECISION = "outputs/register/decision.json"
PICTURES = "outputs/evaluate/hardest.png, outputs/evaluate/confusion.png, outputs/train/curves.png"


def main(root: Path) -> list[str]:
    """Return the lines that tell a reader the last result and what to do with it.

    Raises:
        PipelineError: the pipeline has not run yet.
    """
    metrics, decision = read_output(root / METRICS, "evaluate"), read_output(root / DECISION, "register")
    return [
        f"test accuracy  {metrics['accuracy']:.4f} on {metrics['images']} images",
        f"model          {_model(decision)}",
        f"pictures       {PICTURES}",
        f"all runs       mlflow ui   (http://127.0.0.1:5000, experiment {read_params(root).tracking.experiment})",
        "your photos    dvc exp run -S data=folder -S data.path=/path/to/photos",
    ]


def _model(decision: dict[str, Any]) -> str:
    if not decision["registered"]:
        return str(decision["reason"])
    return f"{decision['name']} version {decision['version']}   (models:/{decision['name']}@{decision['alias']})"


if __name__ == "__main__":
    run(lambda: print("\n" + "\n".join(main(project_root()))))

"""A copy of the project in which every case is trained on the same images."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.environment import benchmark_environment
from benchmarks.stage_times import copy_project
from benchmarks.time_to_accuracy.accuracy_table import PLAIN, TrainingFigures

RECIPES = ("quick", "paper_2014", "modern", "strong")
CASES = (*RECIPES, PLAIN)
PLAIN_EPOCHS = 60
WORKER = "benchmarks.time_to_accuracy.train_to_target"


class TargetProject:
    """A copy of the project in `folder`.

    Args:
        folder: empty.
        data: Hydra overrides that all cases share.
    """

    def __init__(self, folder: Path, data: Sequence[str]) -> None:
        self.folder, self.data = folder, data
        self.environment = benchmark_environment()
        copy_project(folder)

    def compose(self, *overrides: str) -> None:
        """Write params.yaml; exit if the settings are refused."""
        if self._run("pipeline.params", *self.data, *overrides) is None:
            sys.exit(1)

    def prepare(self) -> None:
        """Prepare the images; exit if that fails."""
        if self._run("pipeline.prepare") is None:
            sys.exit(1)

    def train(self, case: str, epochs: int | None, seed: int, target: float) -> TrainingFigures | None:
        """Train once; return the worker's figures, None if the training failed.

        Args:
            case: one of `CASES`.
            epochs: at most; None for the recipe's own, and `PLAIN_EPOCHS` for plain Keras.
            seed: of the weights and of the order of the images.
            target: validation accuracy to reach.
        """
        self.compose(*case_overrides(case, epochs, seed))
        kind = PLAIN if case == PLAIN else "recipe"
        line = self._run(WORKER, kind, str(target), str(epochs or PLAIN_EPOCHS))
        print(f"{case}, seed {seed}: {line or 'failed'}", file=sys.stderr)
        return json.loads(line) if line else None

    def _run(self, module: str, *arguments: str) -> str | None:
        """Return the last line that a module prints; None if it fails, after it has printed the reason."""
        command = [sys.executable, "-m", module, *arguments]
        process = subprocess.run(
            command, cwd=self.folder, env=self.environment, check=False, stdout=subprocess.PIPE, text=True
        )
        return None if process.returncode else process.stdout.splitlines()[-1]


def case_overrides(case: str, epochs: int | None, seed: int) -> list[str]:
    """Return the Hydra overrides of one training.

    Args:
        case: one of `CASES`; plain Keras takes the default recipe's batch size and seed alone.
        epochs: of the recipe; None for its own.
        seed: of the training.
    """
    recipe = [] if case == PLAIN else [f"recipe={case}"]
    length = [f"recipe.epochs={epochs}"] if epochs and recipe else []
    return [*recipe, *length, f"recipe.seed={seed}"]

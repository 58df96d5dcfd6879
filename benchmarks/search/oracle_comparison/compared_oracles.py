"""The oracles that are compared: the pipeline's, plain Keras Tuner's, and a random order."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.search.oracle_comparison.replayed_search import Replay, Step, replay_oracle, replay_random
from benchmarks.search.oracle_comparison.small_space import EPOCHS, Key, small_search
from benchmarks.search.oracle_comparison.trained_table import Training, read_table

Table = dict[Key, dict[int, Training]]
PLAIN = {
    "random": "RandomSearchOracle",
    "bayesian": "BayesianOptimizationOracle",
    "hyperband": "HyperbandOracle",
}
TEN = "search.initial_points=10"
SMOOTHING = "~search.space.values.smoothing"  # with other smoothing a loss has another meaning


@dataclass(frozen=True)
class Contender:
    """What is compared.

    Attributes:
        name: in the table.
        run: a function of table, number of trials and seed.
    """

    name: str
    run: Callable[[Table, int, int], list[Step]]


def contenders() -> list[Contender]:
    """Return all that are compared, the random order first."""
    bayesian = "search=bayesian"
    return [
        Contender("random order", lambda table, trials, seed: replay_random(_replay(table, seed), trials, seed)),
        *(Contender(f"Keras Tuner {name}", _plain(name)) for name in PLAIN),
        *(Contender(name, _own(f"search={name}")) for name in ("random", "hyperband", "grid")),
        *(
            Contender(f"bayesian, {few} initial", _own(bayesian, f"search.initial_points={few}"))
            for few in (3, 5, 10, 20)
        ),
        *(
            Contender(
                f"bayesian by {objective}, smoothing fixed",
                _own(bayesian, SMOOTHING, TEN, f"search.objective={objective}"),
            )
            for objective in ("val_accuracy", "val_loss")
        ),
    ]


def replay_task(task: tuple[str, int, int]) -> tuple[str, list[Step]]:
    """Replay a search in a process of a pool; return the contender's name too.

    Args:
        task: the contender's name, the number of trials, the seed.
    """
    name, trials, seed = task
    contender = next(one for one in contenders() if one.name == name)
    return name, contender.run(read_table(), trials, seed)


def regret_at(steps: list[Step], cpu_seconds: float) -> float | None:
    """Return the regret that a search had after this much training; None before its first trial."""
    reached = [step.regret for step in steps if step.cpu_seconds <= cpu_seconds]
    return reached[-1] if reached else None


def _replay(table: Table, seed: int, objective: str = "val_accuracy") -> Replay:
    names = [name for name, _ in next(iter(table))]
    return Replay(table, names, objective, seed)


def _with_fixed(table: Table, name: str, value: float) -> Table:
    """Return the networks of the table that have this value, known by their other values."""
    return {
        tuple(pair for pair in key if pair[0] != name): trainings
        for key, trainings in table.items()
        if (name, value) in key
    }


def _own(*overrides: str) -> Callable[[Table, int, int], list[Step]]:
    def run(table: Table, trials: int, seed: int) -> list[Step]:
        from pipeline.search.engine.oracles import build_oracle

        config = small_search(*overrides, f"search.max_trials={trials}", f"search.seed={seed}")
        oracle = build_oracle(config, exceeded=lambda _: None)
        searched = _with_fixed(table, "smoothing", config.recipe.label_smoothing) if SMOOTHING in overrides else table
        return replay_oracle(oracle, _replay(searched, seed, config.search.objective))

    return run


def _plain(name: str) -> Callable[[Table, int, int], list[Step]]:
    def run(table: Table, trials: int, seed: int) -> list[Step]:
        import keras_tuner

        from pipeline.search.hyperparameters import build_hyperparameters

        options: dict[str, Any] = {"max_epochs": EPOCHS} if name == "hyperband" else {"max_trials": trials}
        oracle = getattr(keras_tuner.oracles, PLAIN[name])(
            objective=keras_tuner.Objective("val_accuracy", "max"),
            hyperparameters=build_hyperparameters(small_search()),
            seed=seed + 1,
            **options,
        )
        return replay_oracle(oracle, _replay(table, seed))[:trials]

    return run

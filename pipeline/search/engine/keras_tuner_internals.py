"""The only file that uses private interfaces of Keras Tuner.

The classes here give them public names, for the rest of this room to call or override. `USED` lists each private name;
a test looks for all of them in the installed version and fails with the ones that are gone (pyproject.toml keeps Keras
Tuner within one minor version).
"""

import warnings
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
import keras_tuner
import numpy as np
from keras_tuner.engine import base_tuner

USED = {
    "Oracle": (
        "_compute_values_hash",
        "_get_oracle_fname",
        "_get_trial_dir",
        "_random_values",
        "_save_trial",
        "_set_project_dir",
    ),
    "BayesianOptimizationOracle": ("_duplicate", "_nonfixed_space", "_vector_to_values", "_vectorize_trials"),
    "GridSearchOracle": ("_get_next_combination",),
    "HyperbandOracle": ("_get_epochs", "_get_num_brackets", "_get_size"),
    "Tuner": ("_get_tuner_fname", "_is_worker", "_run_and_update_trial"),
}
SET = {  # attributes that the constructors set
    "Oracle": ("_retry_queue", "_tried_so_far"),
    "BayesianOptimizationOracle": ("_random_state",),
    "GridSearchOracle": ("_ordered_ids", "_populate_next"),
}


class OracleInternals(keras_tuner.Oracle):
    """Private parts of an oracle under public names."""

    def use_folder(self, folder: Path) -> None:
        """Keep the state in `folder`."""
        self._set_project_dir(str(folder.parent), folder.name)

    def draw_values(self) -> dict[str, Any] | None:
        """Return random values that were not tried yet; None if there seem to be none left."""
        values: dict[str, Any] | None = keras_tuner.Oracle._random_values(self)
        return values

    def configured_values(self) -> dict[str, Any]:
        """Return the values of the configured network: of those that are searched with it."""
        values = keras_tuner.HyperParameters()
        values.merge(self.hyperparameters)
        return dict(values.values)

    def random_values(self) -> dict[str, Any] | None:
        """Return what the oracle takes for random values; to be overridden."""
        return self.draw_values()

    def values_hash(self, values: dict[str, Any]) -> str:
        """Return the key by which Keras Tuner knows `values`."""
        return str(self._compute_values_hash(values))

    @property
    def tried(self) -> set[str]:
        """Hashes of all values that were proposed."""
        tried: set[str] = self._tried_so_far
        return tried

    @property
    def queue(self) -> list[str]:
        """Trials that wait to be run again."""
        return self._retry_queue

    @queue.setter
    def queue(self, trial_ids: list[str]) -> None:
        self._retry_queue = trial_ids

    @property
    def state_file(self) -> Path:
        """The file of the oracle's state."""
        return Path(self._get_oracle_fname())

    def trial_file(self, trial_id: str) -> Path:
        """Return the file of a trial's state."""
        return Path(self._get_trial_dir(trial_id)) / "trial.json"

    def save_trial(self, trial: Any) -> None:
        """Save a trial's state; to be overridden."""
        super()._save_trial(trial)

    def _random_values(self) -> dict[str, Any] | None:
        return self.random_values()

    def _save_trial(self, trial: Any) -> None:
        self.save_trial(trial)


class BayesianInternals(keras_tuner.oracles.BayesianOptimizationOracle):
    """Private parts of the Bayesian oracle under public names."""

    def seed_proposal(self, seed: int) -> None:
        """Make the next proposal a function of `seed`."""
        self._random_state = np.random.RandomState(seed)

    def is_duplicate(self, values: dict[str, Any]) -> bool:
        """Return whether `values` were tried."""
        return bool(self._duplicate(values))

    def fit_process(self) -> None:
        """Fit the Gaussian process to the trials so far."""
        points, losses = self._vectorize_trials()
        self.gpr.fit(np.nan_to_num(points, posinf=0, neginf=0), np.nan_to_num(losses, posinf=0, neginf=0))

    def random_points(self, count: int) -> Any:
        """Return random places in the space, scaled to 0…1, (count, dimensions)."""
        return self._random_state.uniform(size=(count, len(self._nonfixed_space())))

    def values_at(self, point: Any) -> dict[str, Any]:
        """Return the values at a place in the space, scaled to 0…1."""
        values: dict[str, Any] = self._vector_to_values(point)
        return values

    def points_of(self, candidates: list[dict[str, Any]]) -> Any:
        """Return where candidates lie in the space, scaled to 0…1, (candidates, dimensions)."""
        space = self._nonfixed_space()
        return np.array([[hp.value_to_prob(values.get(hp.name, hp.default)) for hp in space] for values in candidates])

    def lower_confidence_bounds(self, points: Any) -> Any:
        """Return the Gaussian process's lower confidence bound at each point; lower is better."""
        mean, spread = self.gpr.predict(points, return_std=True)
        return mean - self.beta * spread


class GridInternals(keras_tuner.oracles.GridSearchOracle):
    """Private parts of the grid oracle under public names."""

    def next_combination(self, values: dict[str, Any]) -> dict[str, Any] | None:
        """Return the combination after `values`, None after the last; to be overridden."""
        following: dict[str, Any] | None = super()._get_next_combination(values)
        return following

    def append_trial(self, trial_id: str) -> None:
        """Note that the trial has the combination after all others."""
        self._ordered_ids.insert(trial_id)

    def continue_from(self, trial_ids: list[str]) -> None:
        """Make the next proposal the combination after one of these trials'."""
        self._populate_next = trial_ids

    def also_continue_from(self, trial_id: str) -> None:
        """Make a later proposal the combination after this trial's."""
        self._populate_next.append(trial_id)

    def _get_next_combination(self, values: dict[str, Any]) -> dict[str, Any] | None:
        return self.next_combination(values)


class TunerInternals(base_tuner.BaseTuner):
    """Private parts of Keras Tuner's trial loop under public names."""

    @property
    def is_worker(self) -> bool:
        """Whether the oracle is another process's."""
        return bool(self._is_worker())

    def _get_tuner_fname(self) -> str:
        return str(Path(self.project_dir) / "oracle.json")  # the loop reloads if this file is there

    def _run_and_update_trial(self, trial: Any, *arguments: Any, **options: Any) -> None:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="The use case of calling")  # it is how epochs reach a chief
            super()._run_and_update_trial(trial, *arguments, **options)


class OracleServer:
    """Keras Tuner's gRPC service of an oracle, started.

    Args:
        oracle: that workers ask.
        address: to listen at.
        port: to listen at; 0 for any free one.

    Attributes:
        port: where it listens.

    Raises:
        RuntimeError: the port is taken.
    """

    def __init__(self, oracle: Any, address: str, port: int) -> None:
        from keras_tuner.src import protos
        from keras_tuner.src.distribute.oracle_chief import OracleServicer

        self._servicer = OracleServicer(oracle)
        self._server = grpc.server(futures.ThreadPoolExecutor(max_workers=1))
        protos.get_service_grpc().add_OracleServicer_to_server(self._servicer, self._server)
        self.port = self._server.add_insecure_port(f"{address}:{port}")
        self._server.start()

    @property
    def stop_was_sent(self) -> bool:
        """Whether a worker has received the answer that no trial is left."""
        return bool(self._servicer.stop_triggered)

    def stop(self) -> None:
        """Finish the requests under way, then stop."""
        self._server.stop(grace=1).wait()


def silence_keras_tuner() -> None:
    """Keep Keras Tuner from printing tracebacks of failed trials, and conditions that it sends to workers."""
    from keras_tuner.src import config
    from keras_tuner.src.engine import conditions

    config.DEBUG = False
    conditions.__dict__["print"] = lambda *_: None  # a leftover of its authors prints a value for each condition sent


def stopped_trial(oracle: keras_tuner.Oracle) -> Any:
    """Return the answer at which a worker stops."""
    from keras_tuner.engine import trial

    return trial.Trial(oracle.get_space(), trial_id="none", status="STOPPED")


def hyperband_rounds(oracle: Any) -> list[tuple[int, int]]:
    """Return trials, and epochs that each of them trains further, for each round of a hyperband oracle in order."""
    rounds = []
    for bracket in reversed(range(oracle._get_num_brackets())):
        before = 0
        for number in range(bracket + 1):
            epochs = int(oracle._get_epochs(bracket, number))
            rounds.append((int(oracle._get_size(bracket, number)), epochs - before))
            before = epochs
    return rounds * int(oracle.hyperband_iterations)

"""Training under way, kept outside DVC's outs so that an interrupted stage goes on where it stopped."""

import shutil
from pathlib import Path
from typing import Any

import keras
import numpy as np

from pipeline.base.files import read_json, whole_file, write_json

FOLDER = ".progress"
KEPT = 3  # interrupted trainings; older ones are removed when a new one starts


class Progress:
    """The state after the last whole epoch of one training, under `home`/.progress/KEY.

    `key` must digest everything that determines the result, so that a changed setting starts afresh.
    """

    def __init__(self, home: Path, key: str) -> None:
        self.folder = home / FOLDER / key
        self._state = self.folder / "state.json"

    def load(self) -> dict[str, Any] | None:
        """Return what `save` was last told, or None where there is nothing to go on from."""
        return read_json(self._state) if self._state.is_file() else None

    def begin(self, state: dict[str, Any]) -> None:
        """Keep `state` before the first epoch ends, unless there is a state already."""
        if self.load() is None:
            write_json(self._state, state | {"history": []})

    def restore(self, model: keras.Model, state: dict[str, Any]) -> None:
        """Give `model` and its optimiser the values they had when `state` was saved, bit for bit."""
        with np.load(self.folder / state["variables"]) as saved:
            for index, variable in enumerate(_variables(model)):
                variable.assign(saved[str(index)])

    def save(self, model: keras.Model, state: dict[str, Any], *, best: list[Any] | None) -> None:
        """Keep `model`, its optimiser and `state`; and `best`, in the order of `model.weights`, as the best weights.

        The state file changes last: a kill at any instant leaves this epoch or the one before, whole.
        """
        before = self.load() or {}
        epoch = len(state["history"])
        state = state | {"variables": f"epoch-{epoch:05d}.npz"}
        state["best"] = f"best-{epoch:05d}.npz" if best is not None else before.get("best")
        _save(self.folder / state["variables"], _variables(model))
        if best is not None:
            _save(self.folder / state["best"], best)
        write_json(self._state, state)
        for file in self.folder.glob("*.npz"):
            if file.name not in (state["variables"], state["best"]):
                file.unlink()

    def best_weights(self) -> list[np.ndarray[Any, Any]]:
        """Return the weights of the best epoch, in the order of `model.weights`."""
        state = self.load()
        assert state is not None
        with np.load(self.folder / state["best"]) as saved:
            return [saved[str(index)] for index in range(len(saved.files))]

    def clear(self) -> None:
        """Forget this training."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def prune(self) -> None:
        """Remove all but the newest interrupted trainings beside this one."""
        others = [path for path in self.folder.parent.glob("*") if path != self.folder and path.is_dir()]
        for path in sorted(others, key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]:
            shutil.rmtree(path, ignore_errors=True)


def _variables(model: keras.Model) -> list[keras.Variable]:
    """Weights, the states of random draws, and the optimiser's slots, step count included."""
    return [*model.variables, *model.optimizer.variables]


def _save(path: Path, variables: list[keras.Variable]) -> None:
    arrays = {str(index): keras.ops.convert_to_numpy(variable) for index, variable in enumerate(variables)}
    with whole_file(path) as partial:
        np.savez(partial, allow_pickle=False, **arrays)

"""A training interrupted within an epoch ends as one that was not: the same weights, optimizer state and history."""

import shutil

import numpy as np
import pytest

from pipeline.topology.blocks import PAPER_FILTERS

EXOTIC = {
    "precision": "mixed_bfloat16",
    "optimizer": "muon",
    "learning_rate": 0.05,
    "accumulate": 2,
    "ema_epochs": 0.5,
    "patience": 1,
    "epochs": 2,
}
EXOTIC["augment"] = dict.fromkeys(["shift", "color", "erase", "mixup", "cutmix"], 0.25)
EXOTIC["augment"] |= {"flip": False, "rand_augment": 0.0}
BLOCKS = ("inception_4a", "inception_4d")  # those before the heads
HEADS = {"auxiliary_heads": "paper", "stem": "tiny", "filters": {name: list(PAPER_FILTERS[name]) for name in BLOCKS}}


class After:
    """Saves when it is asked for these times, which is after all batches but each epoch's last; then calls `then`."""

    def __init__(self, *times, then=lambda: None):
        self.times, self.then, self.count, self.asked = times, then, 0, False

    def due(self):
        self.count += 1
        self.asked = self.count in self.times
        return self.asked

    def saved(self, seconds):
        if self.asked:
            self.asked = False
            self.then()


@pytest.fixture
def trained(dataset, tiny):
    """Train in a folder, from its checkpoint if it has one."""
    from pipeline.training.checkpoints.checkpoint_store import CheckpointStore
    from pipeline.training.fit import fit

    def train(folder, times):
        recipe = type(tiny.recipe).model_validate(tiny.recipe.model_dump() | EXOTIC)
        model, checkpoints = tiny.model.model_copy(update=HEADS), CheckpointStore(folder, "key")
        return fit(dataset, model, recipe, checkpoints, lambda metrics: None, times=times)

    return train


def assert_same(resumed, straight):
    assert resumed.history == straight.history
    assert len(resumed.weights) == len(straight.weights) > 50
    for one, two in zip(resumed.weights, straight.weights, strict=True):
        np.testing.assert_array_equal(one, two)
    state = [[*result.model.variables, *result.model.optimizer.variables] for result in (resumed, straight)]
    for one, two in zip(*state, strict=True):
        np.testing.assert_array_equal(np.asarray(one), np.asarray(two))


def interrupt():
    raise KeyboardInterrupt


def test_the_exotic_case_resumes_bit_for_bit_also_twice_in_one_epoch(keras, trained, tmp_path, capsys):
    snapshots = iter(["first", "second"])

    def keep_what_a_kill_would_leave():
        shutil.copytree(tmp_path / "straight", tmp_path / next(snapshots))

    times = After(2, 5, then=keep_what_a_kill_would_leave)  # after 2 batches of the first epoch, 1 of the second
    straight = trained(tmp_path / "straight", times)
    capsys.readouterr()
    with pytest.raises(KeyboardInterrupt):
        trained(tmp_path / "first", After(1, then=interrupt))
    assert "resuming after epoch 0 of 2 and 2 of 5 batches" in capsys.readouterr().out
    assert_same(trained(tmp_path / "first", After(1)), straight)
    assert "resuming after epoch 0 of 2 and 3 of 5 batches" in capsys.readouterr().out
    assert_same(trained(tmp_path / "second", After()), straight)
    assert "resuming after epoch 1 of 2 and 1 of 5 batches" in capsys.readouterr().out

"""Checkpoints that are damaged, of another version, or of a training under way."""

import numpy as np
import pytest

from pipeline.base.locks.process_lock import try_lock
from pipeline.diagnosis.workspace.checkpoint_checks import check_checkpoints
from pipeline.training.checkpoints.array_file import write_arrays
from pipeline.training.checkpoints.checkpoint import Checkpoint
from tests.diagnosis.conftest import found


def checkpoint(project, place=".checkpoints/a"):
    folder = project / place
    folder.mkdir(parents=True)
    state = "state-00001-000000.npz"
    digest = write_arrays(folder / state, {"0": np.zeros(3)})
    (folder / "checkpoint.json").write_text(
        Checkpoint("run", [{"epoch": 1}], state=state, files={state: digest}).to_json()
    )
    return folder


def test_whole_checkpoints_are_counted(project, patient):
    assert found(check_checkpoints, patient) == [("ok", "0 unfinished", None)]
    checkpoint(project)
    assert found(check_checkpoints, patient) == [("ok", "1 unfinished, which the same settings resume", None)]


@pytest.mark.parametrize("place", [".checkpoints/a", ".search/b/.checkpoints/trial-1"])
def test_damage_is_found_before_the_training_meets_it(project, patient, place):
    folder = checkpoint(project, place)
    file = folder / "state-00001-000000.npz"
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    damaged, _ = found(check_checkpoints, patient)
    assert damaged[0] == "warning"
    assert "damaged" in damaged[1]
    assert damaged[2] == f"rm -r {place}"


def test_what_is_of_another_version_is_named(project, patient):
    (project / ".progress").mkdir()
    (project / ".checkpoints/b").mkdir(parents=True)
    (project / ".checkpoints/b/strange").write_text("x")
    texts = [text for _, text, _ in found(check_checkpoints, patient)]
    assert "earlier version" in texts[0]
    assert ".checkpoints/b holds no checkpoint" in texts[1]


def test_a_training_under_way_is_left_alone(project, patient):
    folder = checkpoint(project)
    (folder / "checkpoint.json").write_text("half")
    held = try_lock(folder / "lock")
    assert found(check_checkpoints, patient) == [("ok", "0 unfinished; 1 of trainings under way", None)]
    held.close()

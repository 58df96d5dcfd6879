"""`dvc repro` killed at the boundaries of its work; `python -m tests.end_to_end.kills` does it at any instant."""

import pytest

from tests.end_to_end.kills.kill_scenario import run_scenario
from tests.end_to_end.kills.prepared_project import SUBJECTS, reference, set_up
from tests.end_to_end.kills.watched_command import Kill

BOUNDARIES = [
    Kill("group", "kill", "train sql INSERT INTO params", 50),  # the run is there, nothing has noted it
    Kill("group", "int2", "train rename .checkpoints/#/checkpoint.json", 3, seconds=1),  # between an epoch's writes
    Kill("dvc", "kill", "dvc write .dvc/cache/files/md#/#"),  # the training has ended, DVC has not recorded it
    Kill("group", "kill", "register sql INSERT INTO registered_model_aliases"),  # the version is there, no alias
]


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    return tmp_path_factory.mktemp("kills")


def test_a_pipeline_that_is_killed_again_and_again_ends_as_if_it_had_not_been(work):
    """Weights, tables, decision; runs, points, versions, aliases; and nothing is left over."""
    subject = SUBJECTS["repro"]
    before = set_up(subject, work)
    expected = reference(subject, before, work, runs=1)
    verdict = run_scenario(subject, BOUNDARIES, expected, before, work / "killed", wait=True)
    assert verdict.faults == [], verdict.output
    assert verdict.kills == list(map(str, BOUNDARIES))
    assert verdict.output.count("epoch 1/3") == verdict.output.count("epoch 3/3") == 1
    assert "DVC had not recorded its result: saving it again" in verdict.output
    assert "are in the checkpoint; dvc repro resumes from there" in verdict.output

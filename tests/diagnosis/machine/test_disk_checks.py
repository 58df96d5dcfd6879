"""Free space against what the next run needs."""

import shutil
from collections import namedtuple

import pytest

from pipeline.diagnosis.finding import Verdict
from pipeline.diagnosis.machine.disk_checks import check_disk
from tests.diagnosis.conftest import only

Usage = namedtuple("Usage", "total used free")


@pytest.mark.parametrize(("free", "verdict"), [(50e9, Verdict.OK), (1.01e9, Verdict.WARNING), (0.4e9, Verdict.PROBLEM)])
def test_too_little_space_is_said_with_what_takes_it(project, patient, monkeypatch, free, verdict):
    """The disk of the test's machine is neither full nor to be filled."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(100e9, 0, free))
    for name, size in (("outputs/prepare/images/images-00000.npy", 20_000_000), (".prepared/a", 30_000_000)):
        (project / name).parent.mkdir(parents=True)
        with (project / name).open("wb") as file:
            file.truncate(size)
    disk = only(check_disk, patient)
    assert disk.verdict is verdict
    assert ".prepared 30 MB" in disk.text
    if verdict is not Verdict.OK:
        assert disk.command == "rm -r .prepared"
        assert "decoded images, which the next dvc repro decodes again" in disk.text


def test_what_is_advised_destroys_no_result(project, patient, monkeypatch):
    """Checkpoints of unfinished trainings, searches, runs and the results of other commits stay."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(100e9, 0, 0.4e9))
    sizes = {
        ".checkpoints/done/best-1.npz": 4,
        ".checkpoints/unfinished/state-1.npz": 9,
        ".search/a/trial.npz": 8,
        "mlruns/1/model.keras": 7,
        "elsewhere/files/md5/00/1": 3,
    }
    for name, size in sizes.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        with (project / name).open("wb") as file:
            file.truncate(size * 2_000_000)
    (project / ".dvc/config.local").write_text("[cache]\n    dir = ../elsewhere\n")
    disk = only(check_disk, patient)
    assert disk.command == "rm -r .checkpoints/done"
    assert ".dvc/cache 6 MB" in disk.text
    shutil.rmtree(project / ".checkpoints")
    assert only(check_disk, patient).command == "dvc gc --all-commits --all-experiments"

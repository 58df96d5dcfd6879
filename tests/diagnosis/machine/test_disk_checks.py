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
        assert disk.command == "make clean"

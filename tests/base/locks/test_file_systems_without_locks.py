"""Everything that locks a file works on a file system without locks, with a note."""

import errno
import fcntl
import os

import pytest

from pipeline.crossvalidation.project_copy import only_one
from pipeline.data.packing.image_store import ImageStore
from pipeline.runtime.images.preprocessing import Preprocessing


@pytest.fixture(autouse=True)
def no_locks(monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refuse)


def test_cross_validation(tmp_path, capsys):
    with only_one(tmp_path) as descriptor:
        os.fstat(descriptor)
    assert "has no locks" in capsys.readouterr().err


def test_decoded_images(tmp_path, capsys):
    for _ in range(2):
        with ImageStore(tmp_path, Preprocessing(8, 8, 3, "stretch"), 10**6).preparation() as preparation:
            (preparation.folder / "images").touch()
    assert (preparation.folder / "images").exists()
    assert "has no locks" in capsys.readouterr().err

"""The folder of a command's temporary files, on file systems of all kinds."""

import errno
import fcntl
import os
import subprocess
import sys
import tempfile

import pytest

from pipeline.base.temporary.temporary_folder import PREFIX, remove_abandoned_folders, temporary_folder


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_block_has_a_folder_of_its_own_that_is_removed(place):
    with temporary_folder():
        folder = tempfile.gettempdir()
        assert os.path.dirname(folder) == str(place)  # noqa: PTH120
        remove_abandoned_folders()
        assert os.listdir(folder)  # noqa: PTH208
    assert list(place.iterdir()) == []
    assert tempfile.gettempdir() == str(place)


def test_what_libraries_remove_at_the_exit_they_remove_without_an_error(tmp_path):
    """As matplotlib does where the home directory cannot be written, imported before the block or in it."""
    code = "import atexit, os, shutil, tempfile\n"
    code += "from pipeline.base.temporary.temporary_folder import temporary_folder\n"
    code += "begin = lambda: (atexit.register(shutil.rmtree, one := tempfile.mkdtemp()), open(one + '/file', 'w'))\n"
    code += "begin()\nwith temporary_folder(): begin(); used = tempfile.gettempdir()\n"
    code += "print(sum(len(files) for *_, files in os.walk(used)))"
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert list(tmp_path.iterdir()) == []
    assert (done.stdout, done.stderr) == ("1\n", "")  # at the end of the block, all but the lock has gone


@pytest.mark.parametrize("number", [errno.EBADF, errno.ENOLCK, errno.ENOTSUP, errno.EINVAL])
def test_where_there_are_no_locks_a_command_does_without_the_folder_and_removes_none(place, monkeypatch, number):
    with temporary_folder():
        used = tempfile.gettempdir()
        monkeypatch.setattr(tempfile, "tempdir", str(place))

        def refuse(*_):
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(fcntl, "flock", refuse)
        with temporary_folder():
            assert tempfile.gettempdir() == str(place)
        assert [str(folder) for folder in place.iterdir()] == [used]


def test_folders_of_other_machines_stay_and_empty_ones_do_not(place):
    other = place / f"{PREFIX}abcdefgh"
    other.mkdir()
    (other / ".lock-0123456789ab").touch()
    (place / f"{PREFIX}abcdefgi").mkdir()
    (place / "ptmp.txt").touch()
    remove_abandoned_folders()
    assert sorted(path.name for path in place.iterdir()) == ["ptmp-abcdefgh", "ptmp.txt"]

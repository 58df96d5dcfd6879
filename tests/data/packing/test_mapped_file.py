import subprocess
import sys

import numpy as np
import pytest

from pipeline.data.packing.mapped_file import map_file

MANY = """
import resource, sys
from pathlib import Path
import numpy as np
from pipeline.data.packing.mapped_file import map_file
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
files = [map_file(Path(sys.argv[1])) for _ in range(3000)]
maps = Path("/proc/self/maps")
if maps.is_file():
    assert maps.read_text().count(sys.argv[1]) == 3000
    views = [file[2:] for file in files[:2]]
    del files
    assert maps.read_text().count(sys.argv[1]) == 2
    assert bytes(views[0]) == b"llo"
"""


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "file"
    file.write_bytes(b"hello")
    return file


def test_it_has_the_bytes_of_the_file(file):
    mapped = map_file(file)
    assert (mapped.dtype, mapped.tobytes()) == (np.uint8, b"hello")


def test_it_cannot_be_written_to(file):
    with pytest.raises(ValueError, match="read-only"):
        map_file(file)[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        map_file(file)[1:].reshape(2, 2)[0] = 1


def test_thousands_take_no_descriptors_and_are_unmapped_when_nothing_refers_to_them(file):
    subprocess.run([sys.executable, "-c", MANY, file], check=True)


def test_the_file_may_be_removed(file):
    mapped = map_file(file)
    file.unlink()
    assert mapped.tobytes() == b"hello"


def test_what_cannot_be_mapped_is_an_error_of_the_system(tmp_path):
    with pytest.raises(FileNotFoundError):
        map_file(tmp_path / "nothing")
    (tmp_path / "empty").touch()
    with pytest.raises(OSError, match="empty"):
        map_file(tmp_path / "empty")

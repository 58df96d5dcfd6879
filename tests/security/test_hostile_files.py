"""Files of a project that somebody else wrote: reading one runs nothing that is in it."""

import os

import numpy as np
import pytest

from pipeline.base.errors import PipelineError
from pipeline.config.params_file import read_params
from pipeline.data.shards import Shards


class Hostile:
    """Makes a folder when it is unpickled."""

    def __init__(self, folder):
        self.folder = folder

    def __reduce__(self):
        return os.mkdir, (self.folder,)


@pytest.fixture
def marker(tmp_path):
    yield tmp_path / "made"
    assert not (tmp_path / "made").exists()


def test_python_objects_in_params_yaml_are_not_made(tmp_path, marker):
    (tmp_path / "params.yaml").write_text(f"name: !!python/object/apply:os.mkdir ['{marker}']\n")
    with pytest.raises(PipelineError, match=r"params\.yaml"):
        read_params(tmp_path)


def test_pickled_objects_in_prepared_images_are_not_made(tmp_path, marker):
    images = np.empty((2, 8, 8, 1), object)
    images[:] = Hostile(str(marker))
    np.save(tmp_path / "images-00000.npy", images, allow_pickle=True)
    with pytest.raises((PipelineError, ValueError)):
        Shards(tmp_path).take(np.array([0]))

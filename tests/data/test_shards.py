import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from pipeline.base.errors import PipelineError
from pipeline.data.packing import shard_writer
from pipeline.data.packing.shard_writer import write_shards
from pipeline.data.shards import Shards

SHAPE = (3, 4, 2)
MANY = """
import resource, sys
from pathlib import Path
import numpy as np
from pipeline.data.shards import Shards
resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
shards = Shards(Path(sys.argv[1]))
positions = np.random.default_rng(0).permutation(len(shards))
assert (shards.take(positions)[:, 0, 0, 0] == positions % 251).all()
"""


@pytest.fixture
def images():
    return np.random.default_rng(0).integers(0, 256, (11, *SHAPE), np.uint8)


@pytest.fixture(params=[1, 24, 60, 24 * 11, 10**6])
def written(request, monkeypatch, tmp_path, images):
    monkeypatch.setattr(shard_writer, "SHARD_BYTES", request.param)
    assert write_shards(tmp_path, iter(images)) == len(images)
    return tmp_path


def test_images_come_back_from_any_number_of_shards(written, images):
    read = Shards(written)
    assert len(read) == len(images)
    assert read.shape == SHAPE
    assert (read.take(np.arange(11)) == images).all()


def test_positions_may_come_in_any_order_and_again(written, images):
    positions = np.array([10, 0, 5, 5, 2, 9, 0])
    assert (Shards(written).take(positions) == images[positions]).all()


def test_no_position_gives_no_image(written):
    assert Shards(written).take(np.array([], np.int64)).shape == (0, *SHAPE)


@pytest.mark.parametrize("positions", [[-1], [0, 11], [3, 10**9]])
def test_a_position_without_an_image_is_refused(written, positions):
    with pytest.raises(IndexError, match="outside of the 11 images"):
        Shards(written).take(np.array(positions))


def test_a_shard_is_closed_once_it_is_full(monkeypatch, tmp_path, images):
    monkeypatch.setattr(shard_writer, "SHARD_BYTES", 3 * images[0].nbytes)
    write_shards(tmp_path, images)
    assert [len(np.load(file)) for file in sorted(tmp_path.glob("*.npy"))] == [3, 3, 3, 2]
    assert sorted(file.name for file in tmp_path.iterdir()) == [f"images-0000{index}.npy" for index in range(4)]


def test_taken_images_are_a_copy_that_may_be_changed(written, images):
    read = Shards(written)
    read.take(np.array([4]))[:] = 0
    assert (read.take(np.array([4]))[0] == images[4]).all()


@pytest.mark.parametrize("missing", [0, 1])
def test_a_missing_shard_is_named(monkeypatch, tmp_path, images, missing):
    monkeypatch.setattr(shard_writer, "SHARD_BYTES", 3 * images[0].nbytes)
    write_shards(tmp_path, images)
    (tmp_path / f"images-0000{missing}.npy").unlink()
    with pytest.raises(PipelineError, match=rf"lacks images-0000{missing}\.npy; .* dvc repro --force prepare"):
        Shards(tmp_path)


def test_a_folder_without_shards_says_how_to_make_them(tmp_path):
    with pytest.raises(PipelineError, match=r"lacks images-00000\.npy"):
        Shards(tmp_path)


def test_threads_read_at_once(written, images):
    read = Shards(written)
    orders = [np.random.default_rng(seed).integers(0, 11, 20) for seed in range(50)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(read.take, orders))
    assert all((taken == images[order]).all() for taken, order in zip(found, orders, strict=True))


def test_thousands_of_shards_need_few_open_files(monkeypatch, tmp_path):
    monkeypatch.setattr(shard_writer, "SHARD_BYTES", 1)
    write_shards(tmp_path, (np.full((2, 2, 1), number % 251, np.uint8) for number in range(3000)))
    subprocess.run([sys.executable, "-c", MANY, tmp_path], check=True)

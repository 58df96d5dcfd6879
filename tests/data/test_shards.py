import numpy as np
import pytest

from pipeline.data import shards
from pipeline.data.shards import Shards, write_shards

SHAPE = (3, 4, 2)


@pytest.fixture
def images():
    return np.random.default_rng(0).integers(0, 256, (11, *SHAPE), np.uint8)


@pytest.fixture(params=[1, 24, 60, 24 * 11, 10**6])
def written(request, monkeypatch, tmp_path, images):
    monkeypatch.setattr(shards, "SHARD_BYTES", request.param)
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


def test_a_shard_is_closed_once_it_is_full(monkeypatch, tmp_path, images):
    monkeypatch.setattr(shards, "SHARD_BYTES", 3 * images[0].nbytes)
    write_shards(tmp_path, images)
    assert [len(np.load(file)) for file in sorted(tmp_path.glob("*.npy"))] == [3, 3, 3, 2]
    assert sorted(file.name for file in tmp_path.iterdir()) == [f"images-0000{index}.npy" for index in range(4)]


def test_taken_images_are_a_copy_that_may_be_changed(written, images):
    read = Shards(written)
    read.take(np.array([4]))[:] = 0
    assert (read.take(np.array([4]))[0] == images[4]).all()


def test_no_images_write_no_file(tmp_path):
    assert write_shards(tmp_path, []) == 0
    assert not list(tmp_path.iterdir())

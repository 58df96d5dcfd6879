import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.data.packing import shard_writer
from pipeline.data.packing.shard_writer import ShardWriter, images_per_shard, write_shards
from pipeline.data.shards import Shards

SHAPE = (3, 4, 2)
IMAGES = np.random.default_rng(0).integers(0, 256, (23, *SHAPE), np.uint8)


@pytest.fixture(autouse=True)
def five_images_per_shard(monkeypatch):
    monkeypatch.setattr(shard_writer, "SHARD_BYTES", 4 * 24 + 1)
    assert images_per_shard(SHAPE) == 5


def contents(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.fixture(scope="module")
def wanted(tmp_path_factory):
    """What np.save writes."""
    folder = tmp_path_factory.mktemp("wanted")
    for number in range(5):
        np.save(folder / f"images-{number:05d}.npy", IMAGES[5 * number : 5 * number + 5])
    return contents(folder)


STEPS = st.one_of(
    st.tuples(st.just("append"), st.integers(0, 12)),
    st.tuples(st.just("kill"), st.integers(0, 30)),
)


@settings(deadline=None)
@given(steps=st.lists(STEPS, max_size=20))
def test_the_bytes_do_not_depend_on_batches_and_interruptions(wanted, steps):
    """A writer that is killed leaves all that it appended, and a part of an image; some or all of it is kept."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        writer = ShardWriter(folder, SHAPE)
        for step, number in steps:
            if step == "append":
                writer.append(IMAGES[writer.images : writer.images + number])
            else:
                for file in sorted(folder.iterdir())[-1:]:
                    with file.open("ab") as handle:
                        handle.write(b"?" * number)
                kept = max(writer.images - number // 10, 0)
                writer = ShardWriter(folder, SHAPE, images=kept)
                assert kept == 0 or (Shards(folder).take(np.arange(kept)) == IMAGES[:kept]).all()
        writer.append(IMAGES[writer.images :])
        writer.close()
        assert contents(folder) == wanted


def test_images_come_one_by_one_too(tmp_path, wanted):
    assert write_shards(tmp_path, iter(IMAGES)) == 23
    assert contents(tmp_path) == wanted


def test_an_array_need_not_be_contiguous(tmp_path, wanted):
    doubled = np.repeat(IMAGES, 2, axis=0)
    with ShardWriter(tmp_path, SHAPE) as writer:
        writer.append(doubled[::2])
    assert contents(tmp_path) == wanted


def test_no_images_write_no_file(tmp_path):
    assert write_shards(tmp_path, []) == 0
    with ShardWriter(tmp_path, SHAPE) as writer:
        writer.append(IMAGES[:0])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("images", [0, 3, 5, 23])
def test_what_follows_the_images_that_are_kept_is_removed(tmp_path, images):
    write_shards(tmp_path, IMAGES)
    (tmp_path / "notes.txt").touch()
    with ShardWriter(tmp_path, SHAPE, images=images) as writer:
        assert writer.images == images
    (tmp_path / "notes.txt").unlink()
    if images:
        assert (Shards(tmp_path).take(np.arange(images)) == IMAGES[:images]).all()
        assert len(Shards(tmp_path)) == images
    else:
        assert not list(tmp_path.iterdir())


def test_more_images_than_there_are_cannot_be_kept(tmp_path, wanted):
    write_shards(tmp_path, IMAGES)
    before = contents(tmp_path)
    for shape, images in ((SHAPE, 24), ((4, 3, 2), 5), ((3, 4, 1), 46)):
        with pytest.raises(ValueError, match=f"fewer than {images} images"):
            ShardWriter(tmp_path, shape, images=images)
    (tmp_path / "images-00001.npy").write_bytes(b"not an array")
    with pytest.raises(ValueError, match="fewer than 23 images"):
        ShardWriter(tmp_path, SHAPE, images=23)
    assert contents(tmp_path) == before | {"images-00001.npy": b"not an array"}


@pytest.mark.parametrize("pixels", [IMAGES.astype(np.float32), IMAGES[:, :2], IMAGES[0]])
def test_other_types_and_shapes_are_refused(tmp_path, pixels):
    with pytest.raises(ValueError, match="must be uint8"):
        ShardWriter(tmp_path, SHAPE).append(pixels)


def test_a_full_disk_leaves_what_can_be_appended_to(tmp_path, wanted):
    """The system writes a part of a batch before it says that the disk is full."""
    writer = ShardWriter(tmp_path, SHAPE)
    writer.append(IMAGES[:7])
    with (tmp_path / "images-00001.npy").open("ab") as handle:
        handle.write(b"a part")
    writer.append(IMAGES[7:])
    writer.close()
    assert contents(tmp_path) == wanted


def test_a_copy_of_unfinished_shards_can_be_continued(tmp_path, wanted):
    (tmp_path / "one").mkdir()
    writer = ShardWriter(tmp_path / "one", SHAPE)
    writer.append(IMAGES[:13])
    shutil.copytree(tmp_path / "one", tmp_path / "other")
    with ShardWriter(tmp_path / "other", SHAPE, images=13) as other:
        other.append(IMAGES[13:])
    assert contents(tmp_path / "other") == wanted

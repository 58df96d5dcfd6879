"""What an earlier preparation decoded is used again, and the result is the same as without it."""

import fcntl
import shutil
import signal
import subprocess
import sys

import pandas as pd
import pytest

from pipeline.base.digests import file_digest
from pipeline.base.errors import PipelineError
from pipeline.base.locks.process_lock import try_lock
from pipeline.data.final_manifest import split_images
from pipeline.data.pack import pack_images
from pipeline.data.packing import image_store, shard_writer, work_folder
from pipeline.data.packing.last_split import LastSplit
from pipeline.data.packing.work_folder import read_measures
from pipeline.data.sources import list_source
from pipeline.runtime.images.preprocessing import Preprocessing
from tests.data.audit.scenes import scene

COUNT = 12  # of each class


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    for label in ("cat", "dog"):
        (folder / label).mkdir(parents=True)
        for number in range(COUNT):
            save(folder, label, number)
    (folder / "cat/damaged.png").write_bytes((folder / "cat/3.png").read_bytes()[:200])
    return folder


def save(folder, label, number):
    scene(number + 1000 * (label == "dog"), (24, 20)).save(folder / label / f"{number}.png")


@pytest.fixture
def data(config):
    return config.data.model_copy(
        update={"source": "folder", "path": "photos", "height": 16, "width": 16, "channels": 3}
    )


@pytest.fixture
def prepare(data, tmp_path):
    """Return what prepares the photos into a new folder, and returns the number of reused images and all bytes."""

    def prepare(store="store", settings=data):
        folder = tmp_path / f"packed{len(list(tmp_path.glob('packed*')))}"
        folder.mkdir()
        listing = list_source(settings, tmp_path)
        packed = pack_images(listing, settings, folder, store and tmp_path / store)
        split_images(packed.audit, listing.classes, settings, folder)
        return packed.survey.reused, {file.name: file_digest(file) for file in folder.iterdir()}

    return prepare


def test_a_second_preparation_decodes_nothing_and_has_the_same_bytes(prepare, photos):
    fresh = prepare(None)
    assert fresh[0] == 0
    assert prepare() == fresh
    assert prepare() == (2 * COUNT, fresh[1])


def test_only_new_images_are_decoded(prepare, photos):
    prepare()
    save(photos, "cat", 100)
    (photos / "dog/5.png").rename(photos / "dog/0000.png")
    (photos / "dog/7.png").unlink()
    reused, found = prepare()
    assert reused == 2 * COUNT - 1
    assert found == prepare(None)[1]


def test_pixels_that_were_damaged_in_the_store_are_decoded_again(prepare, photos, tmp_path):
    _, fresh = prepare()
    shard = next((tmp_path / "store").rglob("images-*.npy"))
    damaged = bytearray(shard.read_bytes())
    damaged[-5] ^= 1
    shard.unlink()  # the prepared folder has the same file under another name
    shard.write_bytes(damaged)
    assert prepare() == (2 * COUNT - 1, fresh)


@pytest.mark.parametrize("name", ["measures.raw", "images-00000.npy"])
def test_a_store_with_half_a_file_is_no_obstacle_and_prepared_data_stay_whole(prepare, photos, tmp_path, name):
    _, fresh = prepare()
    for file in (tmp_path / "store").rglob(name):
        data = file.read_bytes()
        file.unlink()
        file.write_bytes(data[: len(data) // 2])
    assert prepare()[1] == fresh
    assert {file.name: file_digest(file) for file in (tmp_path / "packed0").iterdir()} == fresh


def test_a_lower_limit_of_pixels_drops_known_images_too(prepare, photos, data):
    prepare()
    limits = data.audit.limits.model_copy(update={"pixels": 24 * 20 - 1})
    settings = data.model_copy(update={"audit": data.audit.model_copy(update={"limits": limits})})
    with pytest.raises(PipelineError, match="too_many_pixels"):
        prepare(settings=settings)


def test_interruptions_do_not_pile_up(prepare, photos, tmp_path, monkeypatch):
    def interrupted(work, measures, pixels):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(work_folder.WorkFolder, "append", interrupted)
        for _ in range(5):
            with pytest.raises(KeyboardInterrupt):
                prepare()
    assert len(list((tmp_path / "store").glob("*/work-*"))) == 3
    prepare()
    assert len(list((tmp_path / "store").glob("*/work-*"))) == 1


def test_another_size_has_its_own_images_and_the_last_two_are_kept(prepare, photos, data, tmp_path):
    sizes = [data.model_copy(update={"height": height}) for height in (16, 24, 32)]
    LastSplit(tmp_path / "store", data).write(pd.DataFrame({"digest": ["0"], "split": ["test"], "position": [0]}))
    for settings in sizes:
        assert prepare(settings=settings)[0] == 0
    assert prepare(settings=sizes[1])[0] == 2 * COUNT
    assert prepare(settings=sizes[0])[0] == 0
    assert len(list((tmp_path / "store").glob("*/work-*"))) == 2


def test_nothing_is_kept_where_there_is_no_room(prepare, photos, tmp_path, monkeypatch):
    monkeypatch.setattr(image_store, "ROOM", 10**12)
    fresh = prepare()
    assert not list((tmp_path / "store").rglob("*.npy"))
    assert prepare() == fresh


def test_a_preparation_leaves_one_that_is_under_way_alone(prepare, photos, data, tmp_path):
    with image_store.ImageStore(
        tmp_path / "store", Preprocessing(16, 16, 3, data.resize), 10**6
    ).preparation() as other:
        fresh = prepare()
        assert other.folder.is_dir()
    assert prepare() == (0, fresh[1])  # the other was the last to end, and held nothing


def test_a_preparation_that_waits_for_make_clean_makes_the_store_again(prepare, photos, tmp_path, monkeypatch):
    (tmp_path / "store").mkdir()
    cleaning = try_lock(tmp_path / "store/lock")
    flock = fcntl.flock

    def clean(file, kind):
        if kind == fcntl.LOCK_EX and not cleaning.closed:
            shutil.rmtree(tmp_path / "store")
            cleaning.close()
        flock(file, kind)

    monkeypatch.setattr(fcntl, "flock", clean)
    prepare()
    assert cleaning.closed
    assert prepare()[0] == 2 * COUNT
    assert (tmp_path / "store/lock").is_file()


KILLED = """
import os, signal, sys
from pathlib import Path
from PIL import Image
from pipeline.config.schema.data_schema import DataConfig
from pipeline.data import pack
from pipeline.data.packing import image_store, shard_writer
from pipeline.data.packing.work_folder import WorkFolder
from pipeline.data.sources import list_source

settings, root = DataConfig.model_validate_json(sys.argv[1]), Path(sys.argv[2])
append = WorkFolder.append
shard_writer.SHARD_BYTES = 4 * 16 * 16 * 3

def append_some(self, measures, pixels):
    for start in range(0, len(measures), 5):
        append(self, measures[start : start + 5], pixels[start : start + 5])
        if self.count >= 15:
            os.kill(os.getpid(), signal.SIGKILL)

WorkFolder.append = append_some
(root / "killed").mkdir()
pack.pack_images(list_source(settings, root), settings, root / "killed", root / "store")
"""


def test_a_killed_preparation_is_resumed_and_its_leftovers_are_removed(prepare, photos, data, tmp_path, monkeypatch):
    """Killed with three shards of four images and a part of another."""
    monkeypatch.setattr(shard_writer, "SHARD_BYTES", 4 * 16 * 16 * 3)
    ended = subprocess.run([sys.executable, "-c", KILLED, data.model_dump_json(), tmp_path], check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL
    left = list((tmp_path / "store").glob("*/work-*"))
    assert len(left) == 1
    kept = len(read_measures(left[0]))
    reused, found = prepare()
    assert reused == kept
    assert 15 <= kept < 2 * COUNT
    assert found == prepare(None)[1]
    assert not left[0].exists()

import hashlib
import io
import signal
import zipfile
from functools import partial
from itertools import pairwise

import numpy as np
import psutil
import pytest
from PIL import Image

from pipeline.base.errors import PipelineError
from pipeline.data.packing.listing_decoder import decode_listing
from pipeline.data.record import Record
from pipeline.data.sources.trees.open_tree import open_tree
from pipeline.runtime.images.preprocessing import Preprocessing
from tests.data.audit.scenes import scene

TARGET = Preprocessing(24, 32, 3, "crop")
LIMIT = 10**7


def encoded(number, kind, size):
    file = io.BytesIO()
    scene(number, size).save(file, kind)
    return file.getvalue()


def decoding_processes():
    """Return the processes that decode for this one; other tests may have left other children, of Python's own."""
    return [one for one in psutil.Process().children() if any("decode_worker" in part for part in one.cmdline())]


@pytest.fixture
def files(tmp_path):
    """Return the bytes of files by their names: photos of several kinds, and what is none."""
    files = {
        "0.jpg": encoded(0, "JPEG", (300, 200)),
        "1.png": encoded(1, "PNG", (40, 30)),
        "2.jpg": encoded(2, "JPEG", (32, 24))[:200],
        "3.txt": b"nothing to see",
        "4.jpg": b"",
        **{f"{number}.jpg": encoded(number, "JPEG", (20 + number, 24)) for number in range(5, 12)},
    }
    folder = tmp_path / "photos" / "a"
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        for name, content in files.items():
            archive.writestr(f"a/{name}", content)
    return files


@pytest.fixture
def records(files, tmp_path):
    """Return what returns the records of the folder or the archive."""

    def records(name="photos"):
        return [Record(file.path, "a", None, file) for file in open_tree(name, tmp_path).files]

    return records


def joined(batches):
    """Return the digests, the failures, the known places, the measures and the pixels of all batches."""
    batches = list(batches)
    for one, other in pairwise(batches):
        assert other.start == one.start + len(one.digests)
    failures = {one.start + place: why for one in batches for place, why in one.failures.items()}
    pixels = None if batches[0].pixels is None else np.concatenate([one.pixels for one in batches])
    known = [one.start + place for one in batches for place in np.flatnonzero(one.known)]
    digests = np.concatenate([one.digests for one in batches])
    return digests.tobytes(), failures, known, np.concatenate([one.measures for one in batches]).tobytes(), pixels


def equal(one, other):
    """Return whether digests, failures, known places, measures and pixels are those of the other."""
    return one[:4] == other[:4] and np.array_equal(one[4], other[4])


def test_every_file_has_its_digest_and_comes_in_order(files, records):
    digests, failures, known, _, pixels = joined(decode_listing(records(), TARGET, LIMIT))
    assert digests == b"".join(hashlib.sha256(files[record.path[2:]]).digest() for record in records())
    places = {record.path[2:]: place for place, record in enumerate(records())}
    assert {place: verdict for place, (verdict, _) in failures.items()} == {
        places["2.jpg"]: "truncated",
        places["3.txt"]: "not_an_image",
        places["4.jpg"]: "not_an_image",
    }
    assert pixels.shape == (9, 24, 32, 3)
    assert known == []


@pytest.mark.parametrize(("source", "target"), [("photos", TARGET), ("photos.zip", None)])
def test_processes_change_nothing(records, source, target):
    alone = joined(decode_listing(records("photos"), target, LIMIT))
    assert equal(joined(decode_listing(records(source), target, LIMIT, workers=2)), alone)


def test_images_in_memory_are_decoded_by_processes_too():
    listed = [Record(str(number), "a", None, partial(Image.fromarray, np.full((8, 8), number, np.uint8)))
              for number in range(40)]  # fmt: skip
    alone = joined(decode_listing(listed, TARGET, LIMIT))
    assert alone[4][7, 0, 0].tolist() == [7, 7, 7]
    assert equal(joined(decode_listing(listed, TARGET, LIMIT, workers=2)), alone)


def test_a_file_that_is_gone_has_no_digest(records, tmp_path):
    listed = records()
    (tmp_path / "photos" / "a" / "1.png").unlink()
    batches = list(decode_listing(listed, TARGET, LIMIT))
    digests, failures, *_ = joined(batches)
    assert failures[1] == ("unreadable", "No such file or directory")
    assert digests[32:64] == bytes(32)


@pytest.mark.parametrize("workers", [None, 1])
def test_known_images_are_not_decoded(files, records, tmp_path, workers):
    names = ["1.png", "6.jpg", "2.jpg"]
    first = sorted(hashlib.sha256(files[name]).digest()[:8] for name in names)
    (tmp_path / "known").write_bytes(b"".join(first))
    _, failures, known, _, pixels = joined(
        decode_listing(records(), TARGET, LIMIT, tmp_path / "known", workers=workers)
    )
    assert {records()[place].path[2:] for place in known} == set(names)
    assert len(pixels) == 7
    assert len(failures) == 2


def test_a_file_larger_than_what_is_read_at_once(tmp_path):
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (1700, 1700, 3), np.uint8))
    noise.save(tmp_path / "large.bmp")
    (record,) = (Record(file.path, "a", None, file) for file in open_tree(".", tmp_path).files)
    (batch,) = decode_listing([record], TARGET, LIMIT)
    assert batch.digests[0].tobytes() == hashlib.sha256((tmp_path / "large.bmp").read_bytes()).digest()
    (zipped,) = decode_listing([Record("a", "a", None, noise.copy)], TARGET, LIMIT)
    np.testing.assert_array_equal(batch.pixels, zipped.pixels)


def test_large_files_of_an_archive(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (1700, 1700, 3), np.uint8)
    with zipfile.ZipFile(tmp_path / "large.zip", "w") as archive:
        for number in range(4):
            file = io.BytesIO()
            Image.fromarray(np.roll(noise, number, axis=0)).save(file, "BMP")
            archive.writestr(f"a/{number}.bmp", file.getvalue())
    listed = [Record(file.path, "a", None, file) for file in open_tree("large.zip", tmp_path).files]
    alone = joined(decode_listing(listed, TARGET, LIMIT))
    assert len(alone[4]) == 4
    assert equal(joined(decode_listing(listed, TARGET, LIMIT, workers=2)), alone)


def test_nothing_to_decode_is_nothing():
    assert list(decode_listing([], TARGET, LIMIT)) == []


def test_a_process_that_is_killed_ends_the_work_with_one_sentence():
    listed = [Record("a", "a", None, partial(signal.raise_signal, signal.SIGKILL))] * 3
    with pytest.raises(PipelineError, match="was killed, probably for lack of memory"):
        list(decode_listing(listed, TARGET, LIMIT, workers=2))
    assert decoding_processes() == []


def test_who_stops_listening_ends_the_processes(records):
    batches = decode_listing(records() * 20, TARGET, LIMIT, workers=2)
    next(batches)
    assert len(decoding_processes()) == 2
    batches.close()
    assert decoding_processes() == []


def test_images_larger_than_the_budget_are_decoded_one_after_the_other(tmp_path):
    for number in range(4):
        Image.new("RGB", (1500, 1500), (number, 0, 0)).save(tmp_path / f"{number}.png")
    listed = [Record(file.path, "a", None, file) for file in open_tree(".", tmp_path).files]
    pixels = joined(decode_listing(listed, TARGET, LIMIT, workers=2, budget=1))[4]
    assert pixels[:, 0, 0, 0].tolist() == [0, 1, 2, 3]

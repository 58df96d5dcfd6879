"""The fuzz program: the same seed makes the same files, and a short run finds nothing."""

import io

import pytest

from benchmarks.data import fuzz_decode
from benchmarks.data.damaged_files import damaged_file
from benchmarks.data.watched_decoder import WatchedDecoder
from benchmarks.data.whole_files import NAMES, whole_file
from pipeline.runtime.images.decode import open_upright
from pipeline.runtime.images.image_format import open_image


@pytest.mark.parametrize("name", NAMES)
def test_every_whole_file_is_readable(name):
    assert open_upright(lambda: open_image(io.BytesIO(whole_file(name)))).image.mode == "RGB"


def test_a_file_belongs_to_its_seed_and_number():
    files = [damaged_file(3, number) for number in range(200)]
    assert files == [damaged_file(3, number) for number in range(200)]
    assert {file.kind for file in files} == set(NAMES)
    assert len({file.damage for file in files}) == 9
    assert damaged_file(4, 0) != files[0]


def test_a_short_run_finds_nothing(monkeypatch, capsys, tmp_path):
    arguments = ["--files", "120", "--workers", "1", "--keep", str(tmp_path / "kept")]
    monkeypatch.setattr("sys.argv", ["fuzz_decode", *arguments])
    with pytest.raises(SystemExit) as ended:
        fuzz_decode.main()
    assert ended.value.code == 0
    lines = capsys.readouterr().out.splitlines()
    total = next(line for line in lines if line.startswith("all "))
    assert sum(int(count) for count in total.split()[1:]) == 120
    assert not (tmp_path / "kept").exists()


def test_a_decoder_that_takes_too_long_is_replaced():
    decoder = WatchedDecoder(0, 1_000_000, limit=0.0)
    try:
        assert decoder.decode(0).verdict == "hang"
        decoder.limit = 60.0
        assert decoder.decode(0).verdict not in ("hang", "crash")
    finally:
        decoder.close()

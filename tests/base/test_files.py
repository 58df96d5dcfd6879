import math
import stat

import pytest

from pipeline.base.errors import PipelineError
from pipeline.base.files import atomic_file, atomic_folder, read_json, write_json, write_text
from pipeline.base.stage_files.stage_output import read_stage_output


def contents(folder):
    return {file.relative_to(folder).as_posix(): file.read_text() for file in folder.rglob("*") if file.is_file()}


def fail(partial, error=RuntimeError):
    partial.write_text("half")
    raise error("stopped")


def test_a_file_takes_its_place_when_the_block_ends(tmp_path):
    path = tmp_path / "new/sub/a.txt"
    with atomic_file(path) as partial:
        partial.write_text("new")
        assert partial.suffix == ".txt"
        assert partial.parent == path.parent
        assert not path.exists()
    assert contents(tmp_path) == {"new/sub/a.txt": "new"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


@pytest.mark.parametrize("old", [{}, {"a.txt": "old"}])
def test_a_failing_block_leaves_the_old_file_and_nothing_else(tmp_path, old):
    for name, text in old.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(RuntimeError, match="stopped"), atomic_file(tmp_path / "a.txt") as partial:
        fail(partial)
    assert contents(tmp_path) == old


def test_a_folder_takes_the_place_of_the_old_one(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/old").write_text("old")
    with atomic_folder(tmp_path / "a") as partial:
        (partial / "new").write_text("new")
        assert contents(tmp_path / "a") == {"old": "old"}
    assert contents(tmp_path) == {"a/new": "new"}
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o755


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_failing_block_leaves_the_old_folder_and_nothing_else(tmp_path, error):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/old").write_text("old")
    with pytest.raises(error, match="stopped"), atomic_folder(tmp_path / "a") as partial:
        fail(partial / "new", error)
    assert contents(tmp_path) == {"a/old": "old"}
    assert [child.name for child in tmp_path.iterdir()] == ["a"]


def test_a_failing_first_folder_leaves_nothing(tmp_path):
    with pytest.raises(RuntimeError, match="stopped"), atomic_folder(tmp_path / "a") as partial:
        fail(partial / "new")
    assert not list(tmp_path.iterdir())


def test_text_is_utf_8_and_replaced(tmp_path):
    write_text(tmp_path / "a.txt", "a longer old text")
    write_text(tmp_path / "a.txt", "Tee für 茶")
    assert (tmp_path / "a.txt").read_bytes() == "Tee für 茶".encode()


def test_json_comes_back_and_ends_in_a_newline(tmp_path):
    value = {"name": "Grüner Tee", "numbers": [1, 2.5, None]}
    write_json(tmp_path / "a.json", value)
    assert read_json(tmp_path / "a.json") == value
    text = (tmp_path / "a.json").read_text(encoding="utf-8")
    assert text.endswith("}\n")
    assert "Grüner" in text


@pytest.mark.parametrize("value", [math.nan, math.inf, {1, 2}])
def test_what_is_no_json_leaves_the_old_file(tmp_path, value):
    write_json(tmp_path / "a.json", "old")
    with pytest.raises((ValueError, TypeError)):
        write_json(tmp_path / "a.json", {"value": value})
    assert contents(tmp_path) == {"a.json": '"old"\n'}


@pytest.mark.parametrize(
    "content", [b"", b"{", b'<<<<<<< ours\n{"a": 1}\n=======\n{"a": 2}\n>>>>>>> theirs\n', b'"\xff"']
)
def test_a_damaged_file_is_one_sentence_that_says_what_to_do(tmp_path, content):
    file = tmp_path / "metrics.json"
    file.write_bytes(content)
    with pytest.raises(PipelineError, match=r"metrics.json is damaged.*git checkout") as refused:
        read_json(file)
    assert "\n" not in str(refused.value)
    with pytest.raises(PipelineError, match=r"metrics.json is damaged.*dvc repro --force evaluate"):
        read_stage_output(file, "evaluate")

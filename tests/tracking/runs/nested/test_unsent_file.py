"""The file of what a search could not send."""

import pytest

from pipeline.tracking.runs.nested import unsent_file
from pipeline.tracking.runs.nested.search_log import Entry
from pipeline.tracking.runs.nested.unsent_file import UnsentFile, read_unsent


def entries(*names):
    return [Entry("log_epoch", (name, {"loss": 1.0})) for name in names]


@pytest.fixture
def file(tmp_path):
    return tmp_path / "search/unsent.jsonl"


def test_it_holds_what_waits_and_goes_with_the_last(file):
    unsent, waiting = UnsentFile(file), entries("a", "b", "c")
    for count in (1, 2, 3):
        unsent.keep(waiting[:count])
    assert [entry.facts[0] for entry in read_unsent(file)] == ["a", "b", "c"]
    assert read_unsent(file)[2].when == waiting[2].when
    unsent.keep(waiting[1:])
    assert [entry.facts[0] for entry in read_unsent(file)][-2:] == ["b", "c"]
    unsent.keep([])
    assert not file.exists()


def test_adding_an_entry_does_not_write_the_others_again(file, monkeypatch):
    written = []
    monkeypatch.setattr(unsent_file, "write_text", lambda path, text: written.append(text) or path.write_text(text))
    file.parent.mkdir()
    unsent, waiting = UnsentFile(file), entries(*map(str, range(1000)))
    for count in range(1, 1001):
        unsent.keep(waiting[:count])
    assert len(written) == 1
    assert [entry.facts[0] for entry in read_unsent(file)] == [str(number) for number in range(1000)]
    for sent in range(1, 1000):
        unsent.keep(waiting[sent:])
    assert 1 < len(written) < 10
    assert len(read_unsent(file)) < 200


def test_after_a_full_disk_everything_is_written_again(file, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    unsent, waiting = UnsentFile(file), entries("a", "b", "c")
    unsent.keep(waiting[:1])
    with monkeypatch.context() as patch:
        patch.setattr(type(file), "open", full)
        with pytest.raises(OSError, match="No space left"):
            unsent.keep(waiting[:2])
    unsent.keep(waiting)
    assert [entry.facts[0] for entry in read_unsent(file)] == ["a", "b", "c"]


def test_an_entry_that_was_being_written_at_a_kill_is_left_out_with_a_line(file, capsys):
    UnsentFile(file).keep(entries("a", "b"))
    content = file.read_bytes()
    file.write_bytes(content[:-20])
    assert [entry.facts[0] for entry in read_unsent(file)] == ["a"]
    file.write_bytes(b"\xff[1]\n{}\n[2]\n" + content)
    assert [entry.facts[0] for entry in read_unsent(file)] == ["a", "b"]
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(": ", 1)[1] for line in lines] == [
        "1 of 2 entries for MLflow are damaged and left out",
        "3 of 5 entries for MLflow are damaged and left out",
    ]

import pytest

from pipeline.base import progress_bar
from pipeline.base.progress_bar import ProgressBar


@pytest.fixture(autouse=True)
def no_terminal(monkeypatch):
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(progress_bar, "QUIET_SECONDS", 1e-9)


def test_short_work_prints_nothing_off_a_terminal(capsys):
    with ProgressBar("images", 5, "images") as bar:
        for _ in range(5):
            bar.advance(1)
    assert bar.done == 5
    assert capsys.readouterr().out == ""


def test_long_work_prints_plain_lines_off_a_terminal(capsys, impatient):
    with ProgressBar("reading", 40, "images") as bar:
        for _ in range(4):
            bar.advance(10, "a note")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(", ")[0] for line in lines] == [f"reading: {done}/40 images" for done in (20, 30, 40)]
    assert "images/s" in lines[0]
    assert lines[-1].endswith("0 s left")


def test_a_line_is_printed(capsys):
    with ProgressBar("reading", 2, "images") as bar:
        bar.print_line("epoch 1/2 [bold] 100%")
    assert capsys.readouterr().out == "epoch 1/2 [bold] 100%\n"


def test_a_terminal_shows_the_bar_and_the_lines_above_it(capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "160")
    with ProgressBar("reading", 40, "images") as bar:
        bar.advance(10, "loss 0.5")
        bar.print_line("epoch 1/2 [bold]")
    printed = capsys.readouterr().out
    assert "reading" in printed
    assert "10/40" in printed
    assert "epoch 1/2 [bold]" in printed


def test_an_error_passes_through():
    with pytest.raises(RuntimeError, match="stopped"), ProgressBar("reading", 2, "images"):
        raise RuntimeError("stopped")

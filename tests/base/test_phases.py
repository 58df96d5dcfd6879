import json
import re
import time

import pytest

from pipeline.base.phases import PhaseTimer


@pytest.fixture(autouse=True)
def no_file(monkeypatch):
    monkeypatch.delenv("PIPELINE_PHASES", raising=False)


def test_each_phase_has_its_seconds_start_up_first():
    phases = PhaseTimer("train")
    with phases.phase("images"):
        time.sleep(0.06)
    time.sleep(0.03)
    with phases.phase("report"):
        pass
    with phases.phase("images"):
        time.sleep(0.06)
    assert list(phases.seconds) == ["start-up", "images", "other", "report"]
    assert phases.seconds["images"] >= 0.12
    assert phases.seconds["other"] >= 0.03
    assert phases.seconds["start-up"] > 0.1


def test_close_prints_one_line_without_what_took_no_time(capsys):
    phases = PhaseTimer("train")
    with phases.phase("images"):
        time.sleep(0.06)
    with phases.phase("report"):
        pass
    phases.close()
    printed = capsys.readouterr().out
    assert re.fullmatch(r"train: \d+\.\d s \(start-up \d+\.\d, images \d+\.\d\)\n", printed)


def test_a_phase_that_fails_is_counted_too():
    phases = PhaseTimer("train")
    with pytest.raises(RuntimeError), phases.phase("images"):
        raise RuntimeError
    assert "images" in phases.seconds


def test_the_named_file_gets_a_line_for_each_command(tmp_path, monkeypatch, capsys):
    target = tmp_path / "phases.jsonl"
    monkeypatch.setenv("PIPELINE_PHASES", str(target))
    for command in ("prepare", "train"):
        phases = PhaseTimer(command)
        with phases.phase("images"):
            pass
        phases.close()
    lines = [json.loads(line) for line in target.read_text().splitlines()]
    assert [line["command"] for line in lines] == ["prepare", "train"]
    assert set(lines[1]["seconds"]) == {"start-up", "images", "other"}
    expected = float(re.search(r"train: (\d+\.\d) s", capsys.readouterr().out).group(1))
    assert expected == pytest.approx(sum(lines[1]["seconds"].values()), abs=0.051)

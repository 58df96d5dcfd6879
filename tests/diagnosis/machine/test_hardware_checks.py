"""What is said of processor, graphics cards, memory, clock and home."""

import os
import time

from pipeline.diagnosis.finding import Verdict
from pipeline.diagnosis.machine.hardware_checks import (
    check_clock,
    check_graphics,
    check_home,
    check_memory,
    check_processor,
)
from tests.diagnosis.conftest import found, only


def test_idle_cores_are_said(patient, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    (processor, *threads) = found(check_processor, patient)
    assert processor[0] == "ok"
    if "1 cores" not in processor[1]:
        assert threads[0][0] == "warning"


def test_the_driver_is_asked_for_graphics_cards(patient, tmp_path, monkeypatch):
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho 'A card'\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert "A card" in only(check_graphics, patient).text
    tool.write_text("#!/bin/sh\nexit 9\n")
    assert only(check_graphics, patient).verdict is Verdict.WARNING


def test_memory_is_in_gigabytes(patient):
    assert "GB free" in only(check_memory, patient).text


def test_a_clock_behind_the_files_is_found(project, patient):
    assert only(check_clock, patient).verdict is Verdict.OK
    later = time.time() + 3600
    os.utime(project / "params.yaml", (later, later))
    wrong = only(check_clock, patient)
    assert wrong.verdict is Verdict.WARNING
    assert "60 minutes newer" in wrong.text


def test_a_home_that_is_not_there_is_said(patient, monkeypatch):
    monkeypatch.setenv("HOME", "/nonexistent/home")
    assert only(check_home, patient).verdict is Verdict.WARNING

"""Whether a process still runs."""

import subprocess
import sys

import pytest

from pipeline.base.processes.process_identity import machine, process_stamp, runs_still


def test_a_process_runs_until_it_has_ended():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        stamp = process_stamp(other.pid)
        assert runs_still(stamp)
        other.communicate(b"\n")
    assert not runs_still(stamp)
    assert runs_still(process_stamp())


def test_another_process_with_the_same_id_is_another():
    pid, _, start = process_stamp().partition(" ")
    boot, colon, ticks = start.rpartition(":")
    assert runs_still(f"{pid} {start}")
    if colon:
        later, other_boot = f"{boot}:{int(ticks) + 1}", f"0123abcd:{ticks}"
        assert not runs_still(f"{pid} {later}")
        assert not runs_still(f"{pid} {other_boot}")
    else:  # the time of a clock
        assert not runs_still(f"{pid} {float(start) + 60:.2f}")


@pytest.mark.parametrize("stamp", ["something else", "123", ""])
def test_a_process_that_is_not_known_may_still_run(stamp):
    assert runs_still(stamp)


def test_another_process_of_this_machine_names_it_the_same():
    command = "from pipeline.base.processes.process_identity import machine; print(machine())"
    assert subprocess.check_output([sys.executable, "-c", command], text=True).strip() == machine()

"""Whether a process still runs."""

import subprocess
import sys

from pipeline.base.processes.process_identity import machine, process_stamp, runs_still


def test_a_process_runs_until_it_has_ended():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        stamp = process_stamp(other.pid)
        assert runs_still(stamp)
        other.communicate(b"\n")
    assert not runs_still(stamp)
    assert runs_still(process_stamp())


def test_another_process_with_the_same_id_is_another():
    pid = process_stamp().partition(" ")[0]
    assert not runs_still(f"{pid} 0123abcd:1")
    assert runs_still("something else")


def test_another_process_of_this_machine_names_it_the_same():
    command = "from pipeline.base.processes.process_identity import machine; print(machine())"
    assert subprocess.check_output([sys.executable, "-c", command], text=True).strip() == machine()

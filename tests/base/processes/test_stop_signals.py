"""Signals to a real command."""

import signal
import subprocess
import sys

import pytest

COMMAND = """
import signal, sys, threading
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background process ignores it
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # so does a process under nohup, of this one
from pipeline.base.command import run_command
def work():
    try:
        print("working", flush=True)
        threading.Event().wait(600)
    finally:
        print("cleaning", flush=True)
        threading.Event().wait(0.3)
        print("clean", flush=True)
run_command(work)
"""


@pytest.mark.parametrize(
    ("signals", "code", "line"),
    [
        ([signal.SIGINT], 130, "interrupted.\n"),
        ([signal.SIGINT, signal.SIGINT, signal.SIGTERM], 130, "interrupted.\n"),
        ([signal.SIGTERM, signal.SIGINT], 143, "terminated.\n"),
        ([signal.SIGHUP], 129, "terminated.\n"),
    ],
)
def test_the_first_signal_ends_a_command_in_order_and_others_do_not_disturb(signals, code, line):
    with subprocess.Popen(
        [sys.executable, "-c", COMMAND], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "working\n"
        process.send_signal(signals[0])
        assert process.stdout.readline() == "cleaning\n"
        for one in signals[1:]:
            process.send_signal(one)
        assert process.stdout.read() == "clean\n"
        assert process.stderr.read() == line
    assert process.returncode == code


def test_a_signal_after_the_grace_ends_a_command_that_hangs_while_it_cleans_up():
    hangs = COMMAND.replace("wait(0.3)", "wait(600)")
    late = "from pipeline.base.processes import stop_signals\nstop_signals.GRACE = -1.0\n"
    with subprocess.Popen([sys.executable, "-c", late + hangs], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline() == "working\n"
            process.send_signal(signal.SIGTERM)
            assert process.stdout.readline() == "cleaning\n"
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 143
            assert process.stdout.read() == ""
        finally:
            process.kill()

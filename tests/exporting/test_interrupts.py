"""Ctrl-C that libraries swallow, in a fresh process: what other tests have loaded may not survive the signal."""

import subprocess
import sys

import pytest

SWALLOWED = """
with Interrupts() as interrupts:
    interrupts.check()
    with suppress(KeyboardInterrupt):  # as a library would
        signal.raise_signal(signal.SIGINT)
    try:
        interrupts.check()
    except KeyboardInterrupt:
        print("raised again")
print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)
"""
DEFERRED = """
with Interrupts() as interrupts, suppress(KeyboardInterrupt):
    with interrupts.deferred():
        signal.raise_signal(signal.SIGINT)
        print("block")
    print("more")
"""
BEGIN = """
import signal
from contextlib import suppress
from pipeline.exporting.interrupts import Interrupts
signal.signal(signal.SIGINT, signal.default_int_handler)  # a process in the background ignores it
"""


@pytest.mark.parametrize(("code", "lines"), [(SWALLOWED, ["raised again", "True"]), (DEFERRED, ["block"])])
def test_an_interrupt_is_not_lost(code, lines, root):
    done = subprocess.run([sys.executable, "-c", BEGIN + code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == lines

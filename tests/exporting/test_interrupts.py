"""Ctrl-C that libraries swallow."""

import signal
from contextlib import suppress

import pytest

from pipeline.exporting.interrupts import Interrupts


def test_a_swallowed_interrupt_is_raised_again():
    with Interrupts() as interrupts:
        interrupts.check()
        with suppress(KeyboardInterrupt):  # as a library would
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            interrupts.check()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_deferred_interrupt_waits_for_the_end_of_the_block():
    done = []
    with Interrupts() as interrupts, suppress(KeyboardInterrupt):
        with interrupts.deferred():
            signal.raise_signal(signal.SIGINT)
            done.append("block")
        done.append("more")
    assert done == ["block"]

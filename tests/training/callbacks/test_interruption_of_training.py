"""Ctrl-C waits for the end of a batch, and only then."""

import os
import signal

import pytest

from pipeline.training.callbacks import interruption as interruption_module
from pipeline.training.callbacks.interruption import Interruption


@pytest.fixture(autouse=True)
def handled():
    """Handlers as a command has them, of which SIGINT's also exists in Python itself."""

    def stop(number, frame):
        raise KeyboardInterrupt(number)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    yield stop
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_held_back_and_takes_effect_later(number, handled):
    with Interruption() as interruption:
        interruption.holding = True
        os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)  # tools send several
        assert interruption.pending
        with pytest.raises(KeyboardInterrupt):
            interruption.take_effect()
        assert not interruption.pending
    assert signal.getsignal(number) is handled


def test_a_signal_after_the_grace_takes_effect_although_one_is_held_back(monkeypatch):
    monkeypatch.setattr(interruption_module, "GRACE", -1.0)
    with Interruption() as interruption:
        interruption.holding = True
        os.kill(os.getpid(), signal.SIGINT)
        assert interruption.pending
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
        assert not interruption.pending


def test_a_signal_takes_effect_at_once_where_none_is_held_back():
    with pytest.raises(KeyboardInterrupt), Interruption():
        os.kill(os.getpid(), signal.SIGINT)


def test_a_signal_that_is_pending_at_the_end_takes_effect_then():
    with pytest.raises(KeyboardInterrupt), Interruption() as interruption:  # noqa: PT012
        interruption.holding = True
        os.kill(os.getpid(), signal.SIGINT)


def test_without_a_handler_nothing_is_changed():
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with Interruption():
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL

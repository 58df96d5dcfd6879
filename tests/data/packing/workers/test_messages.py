import os

import numpy as np
import pytest

from pipeline.data.packing.workers.messages import receive, send


@pytest.fixture
def pipe():
    """Return both ends of a pipe, for reading and for writing."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as here, os.fdopen(writing, "wb") as there:
        yield here, there


@pytest.mark.parametrize("message", [None, "text\udcff", [b"", b"abc"], {"a": (1, 2)}])
def test_what_is_sent_arrives(pipe, message):
    send(pipe[1], message)
    send(pipe[1], 2)
    assert receive(pipe[0]) == message
    assert receive(pipe[0]) == 2


def test_arrays_arrive_and_can_be_changed(pipe):
    sent = [np.arange(6, dtype=np.uint8).reshape(2, 3), np.zeros((0, 4)), np.zeros(2, [("a", "u1", 3), ("b", "<f4")])]
    send(pipe[1], sent)
    for one, other in zip(sent, receive(pipe[0]), strict=True):
        np.testing.assert_array_equal(one, other)
        assert other.flags.writeable
        assert one.dtype == other.dtype


def test_the_end_is_an_error(pipe):
    send(pipe[1], [1, 2, 3])
    pipe[1].close()
    assert receive(pipe[0]) == [1, 2, 3]
    with pytest.raises(EOFError):
        receive(pipe[0])

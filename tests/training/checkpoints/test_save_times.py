"""When checkpoints within an epoch are due."""

import pytest

from pipeline.training.checkpoints.save_times import EveryMinutes


def due_at(minutes, saving=0.0):
    """Return the first of 10,000 seconds at which the next checkpoint is due, after one that took `saving` seconds."""
    now = [0.0]
    times = EveryMinutes(minutes, lambda: now[0])
    times.saved(saving)
    for now[0] in range(10_000):
        if times.due():
            return now[0]
    return None


@pytest.mark.parametrize(("minutes", "second"), [(5.0, 300), (0.5, 30), (0.0, None), (None, None)])
def test_a_checkpoint_is_due_after_the_minutes(minutes, second):
    assert due_at(minutes) == second


def test_saving_that_takes_long_happens_less_often():
    assert due_at(5.0, saving=20.0) == 1000  # 2% of the time
    assert due_at(None, saving=20.0) is None


def test_each_checkpoint_starts_the_time_anew():
    now = [0.0]
    times = EveryMinutes(1.0, lambda: now[0])
    now[0] = 50.0
    times.saved(0.1)
    now[0] = 100.0
    assert not times.due()
    now[0] = 110.0
    assert times.due()

"""Draws of images for the benchmark of the monitor."""

import numpy as np

from benchmarks.evaluation.monitor_alarms import draws


def test_a_draw_holds_each_image_once_and_is_the_same_again():
    first, again = (list(draws(100, 40, 5, None)) for _ in range(2))
    assert all(len(set(rows.tolist())) == 40 for rows in first)
    assert [rows.tolist() for rows in first] == [rows.tolist() for rows in again]
    assert len({tuple(rows.tolist()) for rows in first}) == 5


def test_a_draw_of_one_class_has_no_other():
    labels = np.repeat([0, 1, 2], 20)
    found = [set(labels[rows].tolist()) for rows in draws(60, 50, 30, labels)]
    assert set(map(len, found)) == {1}
    assert set.union(*found) == {0, 1, 2}

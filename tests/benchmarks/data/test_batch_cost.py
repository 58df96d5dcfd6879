"""The benchmark of a training batch."""

import numpy as np

from benchmarks.data.batch_cost import HEADS, main
from benchmarks.data.storage.fake_data import write_fake_data
from pipeline.data.dataset import Dataset


def test_it_prints_a_row_for_each_number_of_images():
    lines = main([2000, 1000]).splitlines()
    assert [line.count("|") for line in lines] == [1 + len(HEADS)] * 4
    assert lines[2].startswith("| 1,000 | 1 |")
    assert lines[3].startswith("| 2,000 | 1 |")


def test_fake_data_are_prepared_data(tmp_path):
    write_fake_data(tmp_path, 230, (200, 200, 3))
    dataset = Dataset(tmp_path)
    assert len(dataset.shards) == len(dataset.manifest) == 230
    positions, labels = dataset.indices("train")
    assert len(positions) == 184
    assert set(labels.tolist()) == set(range(10))
    assert dataset.shards.take(np.array([0, 229])).shape == (2, 200, 200, 3)
    assert dataset.training_weights() is None

"""A trial leaves the process as it found it."""

import gc
import weakref

import pytest

from pipeline.search.trial import forget


@pytest.mark.parametrize("fast", [False, True])
def test_a_forgotten_network_leaves_no_graph_behind(keras, tune, dataset, fast):
    from pipeline.data.loader import one_hot
    from pipeline.training.network import build

    before = {id(each) for each in _held()}
    model = build(tune("model.normalization=batch").model, dataset.description.shape, 3, 3, fast=fast)
    model.compile("sgd", "categorical_crossentropy")
    positions, labels = dataset.indices("train")
    model.train_on_batch(dataset.shards.take(positions), one_hot(labels, 3))
    alive = [weakref.ref(each) for each in _held() if id(each) not in before]
    assert len(alive) >= 2
    del model
    forget()
    assert not any(each() for each in alive)


def _held():
    gc.collect()
    return [each for each in gc.get_objects() if type(each).__name__ in ("FuncGraph", "Functional")]

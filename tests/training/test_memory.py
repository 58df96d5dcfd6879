"""A network that is forgotten leaves nothing in the process."""

import gc
import weakref

import numpy as np
import pytest


@pytest.mark.parametrize("fast", [False, True])
def test_a_forgotten_network_leaves_no_graph_behind(keras, tiny, fast):
    from pipeline.training.memory import release_memory
    from pipeline.training.networks.build_network import build_network

    before = {id(each) for each in _held()}
    model = build_network(tiny.model.model_copy(update={"normalization": "batch"}), (32, 32, 1), 3, 3, fast=fast)
    model.compile("sgd", "categorical_crossentropy", jit_compile=False)
    model.train_on_batch(np.zeros((4, 32, 32, 1), np.uint8), np.eye(3, dtype=np.float32)[[0, 1, 2, 0]])
    alive = [weakref.ref(each) for each in _held() if id(each) not in before]
    assert len(alive) >= 2
    del model
    release_memory()
    assert not any(each() for each in alive)


def _held():
    gc.collect()
    return [each for each in gc.get_objects() if type(each).__name__ in ("FuncGraph", "Functional")]

"""The network under another of Keras's backends: the same weights, the same probabilities."""

import importlib.util
import os
import subprocess
import sys

import numpy as np
import pytest

from pipeline.base.tensorflow_import import import_tensorflow

BUILD = """
import keras, numpy as np
from pipeline.model import googlenet

assert keras.config.backend() == "jax"
keras.utils.set_random_seed(1)
model = googlenet((32, 32, 3), 5, stem="small", width=0.125, auxiliary_heads="paper", normalization={normalization!r})
model.load_weights("network.weights.h5")
outputs = model(np.load("pixels.npy"), training=False)
np.savez("outputs.npz", *[keras.ops.convert_to_numpy(output) for output in outputs])
"""


@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="JAX is not installed")
@pytest.mark.parametrize("normalization", ["none", "lrn", "batch"])
def test_jax_gives_the_probabilities_of_tensorflow(root, tmp_path, normalization):
    import_tensorflow()
    import keras

    from pipeline.model import googlenet

    keras.utils.set_random_seed(0)
    options = {"stem": "small", "width": 0.125, "auxiliary_heads": "paper", "normalization": normalization}
    model = googlenet((32, 32, 3), 5, **options)
    pixels = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3), np.uint8)
    model.save_weights(tmp_path / "network.weights.h5")
    np.save(tmp_path / "pixels.npy", pixels)
    path = os.pathsep.join([str(root), *os.environ.get("PYTHONPATH", "").split(os.pathsep)])
    environment = os.environ | {"KERAS_BACKEND": "jax", "PYTHONPATH": path}
    code = BUILD.format(normalization=normalization)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-800:]
    saved = np.load(tmp_path / "outputs.npz")
    for name, output in zip(saved.files, model(pixels, training=False), strict=True):
        np.testing.assert_allclose(saved[name], np.asarray(output), rtol=1e-3, atol=1e-5)

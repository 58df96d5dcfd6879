"""OpenVINO's predictions and maps are Keras's."""

import shutil
import subprocess
import sys

import numpy as np
import pytest

from pipeline.base.digests import file_digest
from pipeline.base.errors import PipelineError
from pipeline.inference import load_model
from pipeline.inference.engine.keras_engine import KerasEngine
from pipeline.runtime.engine.openvino_engine import OpenVinoEngine

PIXELS = np.random.default_rng(0).integers(0, 256, (5, 32, 24, 3), np.uint8)


def flip_a_bit(file):
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def assert_close(engine: OpenVinoEngine, found, expected) -> None:
    """Compare as closely as the type in which the engine computes on this processor allows."""
    scale = max(1.0, float(np.abs(expected).max()))
    np.testing.assert_allclose(found, expected, rtol=0, atol=scale * (0.03 if "bfloat16" in engine.name else 1e-4))


def test_probabilities_and_maps_are_those_of_keras(model_file):
    engine, keras = OpenVinoEngine(model_file.parent / "openvino"), KerasEngine(model_file)
    assert_close(engine, engine.probabilities(PIXELS), keras.probabilities(PIXELS))
    maps = engine.class_maps(PIXELS)
    assert maps.shape == keras.class_maps(PIXELS).shape
    assert_close(engine, maps, keras.class_maps(PIXELS))


def test_features_come_with_the_probabilities(model_file):
    engine, keras = OpenVinoEngine(model_file.parent / "openvino"), KerasEngine(model_file)
    probabilities, features = engine.features(PIXELS)
    assert_close(engine, probabilities, engine.probabilities(PIXELS))
    assert features.shape == (5, keras.network.get_layer("average_pool").output.shape[-1])
    assert_close(engine, features, keras.features(PIXELS)[1])


def test_the_file_carries_the_specification_and_the_digest(model_file, spec):
    engine = OpenVinoEngine(model_file.parent / "openvino")
    assert engine.spec == spec
    assert engine.keras_digest == file_digest(model_file)


INTERRUPTED = """
import gc, signal, sys
from pathlib import Path
import numpy as np
from pipeline.runtime.engine.openvino_engine import OpenVinoEngine

def used():
    engine = OpenVinoEngine(Path(sys.argv[1]))
    engine.probabilities(np.zeros((1, 32, 24, 3), np.uint8))
    return engine

first, second = used(), used()
del first
gc.collect()
del second
gc.collect()
try:
    signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt:
    print("interrupted")
"""


def test_ctrl_c_after_two_models_were_dropped_is_an_interruption_and_no_crash(model_file):
    run = [sys.executable, "-c", INTERRUPTED, str(model_file.parent / "openvino")]
    ended = subprocess.run(run, check=False, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout.strip()) == (0, "interrupted"), ended.stderr


DAMAGES = {
    "missing": lambda file: file.unlink(),
    "truncated": lambda file: file.write_bytes(file.read_bytes()[:-1000]),
    "a flipped bit": flip_a_bit,
    "a folder": lambda file: (file.unlink(), file.mkdir()),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", ["model.xml", "model.bin"])
def test_a_damaged_file_is_one_sentence(model_file, tmp_path, name, damage):
    folder = shutil.copytree(model_file.parent / "openvino", tmp_path / "openvino")
    DAMAGES[damage](folder / name)
    with pytest.raises(PipelineError, match=rf"{name} (is damaged|cannot be read)"):
        OpenVinoEngine(folder)


@pytest.mark.parametrize("damage", ["missing", "truncated", "a folder"])
def test_a_damaged_file_of_an_earlier_version_is_one_sentence(model_file, tmp_path, damage):
    folder = shutil.copytree(model_file.parent / "openvino", tmp_path / "openvino")
    (folder / "SHA256SUMS").unlink()
    DAMAGES[damage](folder / "model.bin")
    with pytest.raises(PipelineError, match=r"OpenVINO cannot read .*model\.xml"):
        OpenVinoEngine(folder)


def test_the_keras_file_stands_in_for_a_damaged_model(model_file, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = shutil.copytree(model_file.parent, tmp_path / "model")
    flip_a_bit(folder / "openvino/model.bin")
    found = load_model(str(folder / "model.keras"), engine="openvino").engine.probabilities(PIXELS)
    np.testing.assert_array_equal(found, OpenVinoEngine(model_file.parent / "openvino").probabilities(PIXELS))
    assert (
        "model.bin is damaged: its SHA-256 is not the one in SHA256SUMS; model.keras is used" in capsys.readouterr().err
    )


def test_the_digests_are_in_the_form_of_sha256sum(model_file):
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=model_file.parent / "openvino", check=True)


def test_a_keras_file_without_one_is_converted_once(model_file, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("sys.platform", "linux")
    shutil.copy(model_file, tmp_path / "alone.keras")
    for times in ("converting alone.keras for OpenVINO (once)\n", ""):
        engine = load_model(str(tmp_path / "alone.keras"), engine="openvino").engine
        np.testing.assert_allclose(
            engine.probabilities(PIXELS), KerasEngine(model_file).probabilities(PIXELS), atol=0.02
        )
        assert capsys.readouterr().err == times


def test_a_damaged_conversion_is_made_again(model_file, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    shutil.copy(model_file, tmp_path / "alone.keras")
    kept = tmp_path / "googlenet-pipeline/openvino" / file_digest(model_file)
    shutil.copytree(model_file.parent / "openvino", kept)
    flip_a_bit(kept / "model.bin")
    load_model(str(tmp_path / "alone.keras"), engine="openvino")
    assert file_digest(kept / "model.bin") == file_digest(model_file.parent / "openvino/model.bin")


def test_an_openvino_model_of_another_network_is_not_used(model_file, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    project = shutil.copytree(model_file.parent, tmp_path / "project")
    file = project / "openvino" / "model.xml"
    file.write_text(file.read_text().replace(file_digest(model_file), "0" * 64))
    assert load_model(str(project / "model.keras"), engine="openvino").engine.keras_digest == file_digest(model_file)


THREADS = """
import sys, threading
from pathlib import Path
import numpy as np
from pipeline.runtime.engine.openvino_engine import OpenVinoEngine
engine, together = OpenVinoEngine(Path(sys.argv[1]), 4), threading.Barrier(4)
sys.setswitchinterval(1e-6)
def first():
    together.wait()
    engine.probabilities(np.zeros((1, 32, 24, 3), np.uint8))
threads = [threading.Thread(target=first) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""


def test_threads_that_predict_first_at_the_same_time_do_not_wait_for_each_other_forever(model_file, root):
    command = [sys.executable, "-c", THREADS, str(model_file.parent / "openvino")]
    subprocess.run(command, cwd=root, check=True, timeout=100)

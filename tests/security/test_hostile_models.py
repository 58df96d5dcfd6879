"""Model files made by somebody else: Keras may not run what is in them."""

import json
import zipfile

import pytest

from pipeline.base.errors import PipelineError
from pipeline.training.networks.load_network import load_network

SHAPE = [None, 2]
INPUT = {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": SHAPE, "name": "input"}}


def network_of(layer):
    """The config of a network of one layer, as Keras writes it."""
    origin = {
        "class_name": "__keras_tensor__",
        "config": {"shape": SHAPE, "dtype": "float32", "keras_history": ["input", 0, 0]},
    }
    layers = [{**INPUT, "name": "input", "inbound_nodes": []}]
    layers += [{**layer, "name": "layer", "inbound_nodes": [{"args": [origin], "kwargs": {}}]}]
    ends = {"input_layers": ["input", 0, 0], "output_layers": ["layer", 0, 0]}
    return {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": {"layers": layers, "name": "n", **ends},
    }


def altered(file, config, target):
    """Write `file` again with another config of the network; its other members stay."""
    with zipfile.ZipFile(file) as archive, zipfile.ZipFile(target, "w") as copy:
        for name in archive.namelist():
            copy.writestr(name, json.dumps(config) if name == "config.json" else archive.read(name))
    return target


def hostile_layers(marker):
    """Layers that would make the file `marker`, or read a file of this machine, if Keras believed them."""
    command = f"touch {marker}"
    function = {"module": "os", "class_name": "function", "config": "system", "registered_name": "system"}
    lambda_config = {"name": "layer", "function": function, "arguments": {"command": command}, "output_shape": [2]}
    call = {"module": "subprocess", "class_name": "Popen", "config": {"args": ["touch", str(marker)]}}
    words = {"name": "layer", "vocabulary": "/etc/passwd"}
    return {
        "lambda": {"module": "keras.layers", "class_name": "Lambda", "config": lambda_config},
        "another class": {**call, "registered_name": None},
        "a torch module": {
            "module": "keras.layers",
            "class_name": "TorchModuleWrapper",
            "config": {"module": "gASVAA=="},
        },
        "a file to read": {"module": "keras.layers", "class_name": "StringLookup", "config": words},
    }


def test_python_code_in_a_lambda_layer_is_refused_in_one_sentence(tmp_path, keras):
    """As Keras itself saves it: marshalled bytes of a function."""
    file = tmp_path / "saved.keras"
    keras.Sequential([keras.Input((2,)), keras.layers.Lambda(lambda x: x, output_shape=(2,))]).save(file)
    with pytest.raises(PipelineError, match=r"^model\.init_from: Keras cannot read .*saved\.keras: .*ambda"):
        load_network(file, "model.init_from")


@pytest.mark.parametrize("kind", hostile_layers("x"))
def test_a_layer_that_is_none_of_kerass_own_is_refused(tmp_path, model_file, kind):
    marker = tmp_path / "marker"
    file = altered(model_file, network_of(hostile_layers(marker)[kind]), tmp_path / "hostile.keras")
    with pytest.raises(PipelineError, match=r"^model\.init_from: Keras cannot read") as refused:
        load_network(file, "model.init_from")
    assert "\n" not in str(refused.value)
    assert not marker.exists()


@pytest.mark.parametrize("kind", ["lambda", "a torch module"])
def test_predict_refuses_one_too(tmp_path, model_file, photos, command, kind):
    marker = tmp_path / "marker"
    file = altered(model_file, network_of(hostile_layers(marker)[kind]), tmp_path / "hostile.keras")
    ended = command(tmp_path, "pipeline.predict", str(photos / "cat"), "--model", str(file), "--engine", "keras")
    assert ended.code == 1
    assert ended.errors.splitlines()[-1].startswith("error: ")
    assert "Traceback" not in ended.errors
    assert not marker.exists()

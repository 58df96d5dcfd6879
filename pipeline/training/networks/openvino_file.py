"""A trained network as an OpenVINO model, two files and their digests, which need neither Keras nor TensorFlow."""

import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import keras

from pipeline.base.digests import file_digest
from pipeline.base.files import atomic_folder
from pipeline.model.class_maps import class_maps
from pipeline.model.pooled_features import pooled_features
from pipeline.runtime.engine.openvino_core import openvino_core
from pipeline.runtime.engine.openvino_layout import (
    BIN,
    CLASS_MAPS,
    DIGEST,
    FEATURES,
    INPUT,
    PROBABILITIES,
    SPEC,
    SUMS,
    XML,
)  # fmt: skip
from pipeline.runtime.model_spec import ModelSpec
from pipeline.training.networks.frozen_graph import frozen_call, traced

if TYPE_CHECKING:
    import openvino


def save_openvino(network: keras.Model, folder: Path, spec: ModelSpec, digest: str) -> None:
    """Write `network` into `folder` as an OpenVINO model in float32; equal networks give equal files.

    Its outputs are `probabilities`, (images, classes), and where the network has them the pooled `features`, (images,
    1, features), and class activation maps, `class_maps`, (images, rows, columns, classes). Its `rt_info` holds the
    specification and the digest. A third file has the digests of both.

    Args:
        network: from uint8 images to class probabilities, under Keras's TensorFlow backend.
        folder: takes its place whole or not at all.
        spec: class names and preprocessing.
        digest: SHA-256 of the network's `.keras` file.
    """
    import openvino

    converted = _converted(network)
    _name_by_order(converted)
    converted.set_rt_info(spec.to_json(), list(SPEC))
    converted.set_rt_info(digest, list(DIGEST))
    with atomic_folder(folder) as partial:
        openvino.save_model(converted, partial / XML, compress_to_fp16=False)
        sums = [f"{file_digest(partial / name)}  {name}\n" for name in (XML, BIN)]
        (partial / SUMS).write_text("".join(sums), encoding="ascii")


def _converted(network: keras.Model) -> "openvino.Model":
    """Convert by way of a TensorFlow graph of constants: variables take OpenVINO four times as long."""
    further = {FEATURES: pooled_features(network), CLASS_MAPS: class_maps(network)}
    outputs = {name: output for name, output in further.items() if output is not None}
    whole = keras.Model(network.inputs, [network.outputs[0], *outputs.values()])
    graph = traced(frozen_call(whole), network).get_concrete_function().graph
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "graph.pb"
        file.write_bytes(graph.as_graph_def().SerializeToString())
        converted = openvino_core().read_model(file)
    _name_outputs(converted, [PROBABILITIES, *outputs])
    return converted


def _name_outputs(model: "openvino.Model", names: list[str]) -> None:
    ordered = sorted(model.outputs, key=lambda output: len(output.get_partial_shape()))  # each has one dimension more
    for output, name in zip(ordered, names, strict=True):
        output.get_tensor().set_names({name})


def _name_by_order(model: "openvino.Model") -> None:
    """Replace names that count what this process has built before."""
    seen: Counter[str] = Counter()
    kept = {INPUT, PROBABILITIES, FEATURES, CLASS_MAPS}
    for operation in model.get_ordered_ops():
        kind = operation.get_type_name()
        seen[kind] += 1
        operation.set_friendly_name(INPUT if kind == "Parameter" else f"{kind}_{seen[kind]}")
        for output in operation.outputs():
            output.get_tensor().set_names(set(output.get_names()) & kept)

"""Where the bare training step's time goes, by kind of operation: prints a line per kind, a tab before its share.

Run in a project with prepared data, as speed.py does. One operation at a time runs here, on all cores, so that
their times add up; in real steps independent ones overlap.
"""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.bare_step import compiled, train_step
from pipeline.base.quiet import import_tensorflow

STEPS = 3
SHOWN = 0.01  # of the whole; what is less goes to `others`
KINDS = {  # what the names of TensorFlow's operations contain, the first that fits
    "convolutions, backward to the filters": ("BackpropFilter", "MatMul"),  # FastConv2D's; a dense layer's are few
    "convolutions, backward to the input": ("BackpropInput",),
    "convolutions, forward": ("Conv2D",),
    "batch normalisation": ("BatchNorm",),
    "pooling": ("Pool",),
    "concatenation and slicing": ("Concat", "Slice", "Split"),
    "rectifiers": ("Relu",),
    "casts between precisions": ("Cast",),
    "sums of gradients": ("AddN",),
    "optimiser and other arithmetic": ("Mul", "Add", "Sub", "Div", "Sqrt", "Square", "Assign", "Resource", "Select"),
}


def main() -> None:
    """Profile a few steps and print the shares."""
    import_tensorflow()
    import tensorflow as tf

    tf.config.threading.set_inter_op_parallelism_threads(1)
    model, images, targets = compiled()
    step = train_step(model, images, targets)
    step()
    step()
    with TemporaryDirectory() as folder:
        tf.profiler.experimental.start(folder)
        for _ in range(STEPS):
            step()
        tf.profiler.experimental.stop(save=True)
        spent = by_kind(operations(Path(folder)))
    whole = sum(spent.values())
    shown = {kind: time for kind, time in spent.most_common() if time >= SHOWN * whole and kind != "others"}
    for kind, time in {**shown, "others": whole - sum(shown.values())}.items():
        print(f"{kind}\t{time / whole:.4f}")


def operations(folder: Path) -> Counter[str]:
    """Return the time of each kind of TensorFlow operation, in picoseconds, from the trace under `folder`."""
    from tensorflow.tsl.profiler.protobuf import xplane_pb2

    space = xplane_pb2.XSpace()
    space.ParseFromString(next(folder.rglob("*.xplane.pb")).read_bytes())
    spent: Counter[str] = Counter()
    for plane in space.planes:
        names = {key: metadata.name for key, metadata in plane.event_metadata.items()}
        for event in (event for line in plane.lines for event in line.events):
            name = names[event.metadata_id]
            if plane.name.startswith("/host:CPU") and ":" in name and "::" not in name and " " not in name:
                spent[name.rsplit(":", 1)[1]] += event.duration_ps
    return spent


def by_kind(spent: Counter[str]) -> Counter[str]:
    """Return the same times under the names of `KINDS`."""
    grouped: Counter[str] = Counter()
    for operation, time in spent.items():
        kind = next((kind for kind, parts in KINDS.items() if any(part in operation for part in parts)), "others")
        grouped[kind] += time
    return grouped


if __name__ == "__main__":
    main()

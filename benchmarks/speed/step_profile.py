"""The bare training step's time by kind of operation: prints a line per kind, a tab before its share.

    python -m benchmarks.speed.step_profile                in a project with prepared data; about a minute

One operation at a time runs here, on all cores, so that their times add up; in normal steps independent ones overlap.
"""

import argparse
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.speed.workers.bare_step import train_step, trainable_and_batch
from pipeline.base.tensorflow_import import import_tensorflow

STEPS = 3
MINIMUM_SHARE = 0.01  # kinds with less count as `others`
OTHERS = "others"
KINDS = {  # parts of TensorFlow's operation names; the first kind with a match counts
    "convolutions, backward to the filters": ("BackpropFilter", "MatMul"),  # MatmulConv2D's; dense layers add little
    "convolutions, backward to the input": ("BackpropInput",),
    "convolutions, forward": ("Conv2D",),
    "batch normalization": ("BatchNorm",),
    "pooling": ("Pool",),
    "concatenation and slicing": ("Concat", "Slice", "Split"),
    "ReLUs": ("Relu",),
    "casts between precisions": ("Cast",),
    "sums of gradients": ("AddN",),
    "optimizer and other arithmetic": ("Mul", "Add", "Sub", "Div", "Sqrt", "Square", "Assign", "Resource", "Select"),
}


def main() -> None:
    """Profile a few steps and print the shares."""
    argparse.ArgumentParser(
        prog="python -m benchmarks.speed.step_profile",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args()
    import_tensorflow()
    import tensorflow as tf

    tf.config.threading.set_inter_op_parallelism_threads(1)
    step = train_step(*trainable_and_batch())
    step()
    step()
    with TemporaryDirectory() as folder:
        tf.profiler.experimental.start(folder)
        for _ in range(STEPS):
            step()
        tf.profiler.experimental.stop(save=True)
        times = group_by_kind(operation_times(Path(folder)))
    total = times.total()
    shown = {kind: time for kind, time in times.most_common() if time >= MINIMUM_SHARE * total and kind != OTHERS}
    for kind, time in {**shown, OTHERS: total - sum(shown.values())}.items():
        print(f"{kind}\t{time / total:.4f}")


def operation_times(folder: Path) -> Counter[str]:
    """Return the time of each TensorFlow operation, in picoseconds, from the trace under `folder`."""
    from tensorflow.tsl.profiler.protobuf import xplane_pb2

    space = xplane_pb2.XSpace()
    space.ParseFromString(next(folder.rglob("*.xplane.pb")).read_bytes())
    times: Counter[str] = Counter()
    for plane in space.planes:
        names = {key: metadata.name for key, metadata in plane.event_metadata.items()}
        for event in (event for line in plane.lines for event in line.events):
            name = names[event.metadata_id]
            if plane.name.startswith("/host:CPU") and ":" in name and "::" not in name and " " not in name:
                times[name.rsplit(":", 1)[1]] += event.duration_ps
    return times


def group_by_kind(times: Counter[str]) -> Counter[str]:
    """Return the times of operations summed up by the kinds of `KINDS`."""
    grouped: Counter[str] = Counter()
    for operation, time in times.items():
        kind = next((kind for kind, parts in KINDS.items() if any(part in operation for part in parts)), OTHERS)
        grouped[kind] += time
    return grouped


if __name__ == "__main__":
    main()

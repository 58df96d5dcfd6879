"""Core-minutes to a validation accuracy, for each recipe and for plain Keras on the same network and images.

    python -m benchmarks.time_to_accuracy                                   digits, to 0.99; about an hour on two cores
    python -m benchmarks.time_to_accuracy --photos PATH --target 0.90       a folder of photos at 32×32

Core-minutes are the processor time of the training process, all threads, from the end of its first step to the end of
the first epoch that reaches the target. Loading, augmentation, checkpoints, and validation with its tracing are
included; imports, the tracing of the training step and MLflow are not. GPUs are hidden. Plain Keras is Adam at its
default rate in float32, Keras's default batch normalization, `Model.fit` on arrays. A seed decides the weights and the
order of the images. Time, its range and epochs are those of the seeds that reached the target (time and epochs: the
median); a ratio with `>` is a lower bound, because plain Keras did not reach the target. Whether XLA compiles plain
Keras's steps is Keras's own choice; the tracing of its last, smaller batch counts.
"""

import argparse
import tempfile
from pathlib import Path

from benchmarks.time_to_accuracy.accuracy_table import accuracy_table
from benchmarks.time_to_accuracy.target_project import CASES, TargetProject, case_overrides


def main() -> None:
    """Prepare the data once, train each case to the target, print the table."""
    arguments = parse_arguments()
    data = ["data.split.validation=0.25"]
    if arguments.photos:
        data = ["data=folder", f"data.path={arguments.photos.resolve()}", "data.height=32", "data.width=32"]
        data += ["data.split.validation=0.1"]
    data += arguments.overrides
    with tempfile.TemporaryDirectory() as folder:
        project = TargetProject(Path(folder), data)
        for case in arguments.cases:  # refuses impossible settings before the first training
            project.compose(*case_overrides(case, arguments.epochs, 0))
        project.prepare()
        rows = [
            (case, [project.train(case, arguments.epochs, seed, arguments.target) for seed in range(arguments.seeds)])
            for case in arguments.cases
        ]
    print(accuracy_table(rows, arguments.target), end="")


def parse_arguments() -> argparse.Namespace:
    """Return the command line's arguments."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.time_to_accuracy",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--photos", type=Path, help="a folder of photos; the digits if omitted")
    parser.add_argument("--target", type=float, default=0.99, help="validation accuracy to reach (0.99)")
    parser.add_argument("--cases", nargs="+", default=CASES, choices=CASES, help="what to train (all)")
    parser.add_argument("--seeds", type=int, default=3, help="trainings of each case (3)")
    parser.add_argument("--epochs", type=int, help="of each case (each recipe's own, 60 for plain Keras)")
    parser.add_argument("--overrides", nargs="+", default=[], help="for all cases, such as model.width=1.0")
    arguments = parser.parse_args()
    if arguments.seeds < 1 or (arguments.epochs is not None and arguments.epochs < 1):
        parser.error("--seeds and --epochs must be at least 1")
    return arguments


if __name__ == "__main__":
    main()

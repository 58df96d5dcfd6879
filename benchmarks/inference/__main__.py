"""Speed of classifying images with a trained model, beside bare OpenVINO, decoding alone, PyTorch and Keras.

    python -m benchmarks.inference                             about fifteen minutes on two cores
    python -m benchmarks.inference --size 32 --rounds 1 --seconds 0.5 --images 64      whether it works here

Everything is set up once and then measured in turns, round by round, so that ratios hold on a machine whose speed
changes: compare ratios, not absolute figures. The networks are GoogLeNets at full width with random weights, made in
--models where they are not there yet: that needs TensorFlow, measuring needs it for Keras's row only. PyTorch is
optional: pip install -e '.[benchmark]'.
"""

import argparse
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.inference.inference_rounds import OPTIONAL, InferencePlan, measure_inference
from benchmarks.inference.inference_table import photo_line, render_inference
from benchmarks.inference.model_folder import STEMS, make_missing_models, model_file
from benchmarks.inference.one_photo import one_photo_seconds
from benchmarks.machine import machine_description
from benchmarks.speed.speed_rounds import print_progress
from benchmarks.worker import WorkerError
from pipeline.runtime.engine.cores import cpu_flags
from pipeline.training.precision import CPU_BFLOAT16


def main() -> None:
    """Make the models if needed, measure each size of images, print the tables."""
    arguments = parse_arguments()
    with TemporaryDirectory() as folder:
        models = arguments.models or Path(folder)
        plan = InferencePlan(models, arguments.rounds, arguments.seconds, arguments.images, arguments.without)
        try:
            print("\n" + measured_text(arguments.size, plan), end="")
        except WorkerError as error:
            sys.exit(f"error: {error}")


def measured_text(sides: list[int], plan: InferencePlan) -> str:
    """Return the tables of all sizes.

    Args:
        sides: of the images, in pixels.
        plan: how much is measured.

    Raises:
        WorkerError: a measured process failed, or the model files cannot be made.
    """
    print_progress(f"on {machine_description()}; load {os.getloadavg()[0]:.1f} before the start")
    make_missing_models(plan.models, sides)
    text = ""
    for side in sides:
        with TemporaryDirectory() as folder:
            result = measure_inference(side, plan, Path(folder))
        text += render_inference(result, bfloat16=bool(CPU_BFLOAT16 & cpu_flags()))
    for side in sides:
        print_progress(f"{side}×{side}: the whole command on one photo")
        text += photo_line(side, one_photo_seconds(model_file(plan.models, side)))
    return f"{machine_description()}; {plan.rounds} rounds of {plan.seconds:g} s.\n\n{text}"


def parse_arguments() -> argparse.Namespace:
    """Return the command line's arguments; `size` as a list of sides, `without` as a list of libraries."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.inference", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", type=Path, metavar="DIR", help="folder of the model files (a temporary one)")
    parser.add_argument("--rounds", type=int, default=5, help="in each of which everything is measured once (5)")
    parser.add_argument("--seconds", type=float, default=3.0, help="of a measurement (3)")
    parser.add_argument("--images", type=int, help="in a call (512 at 32, 64 at 224, at least 32 for each core)")
    parser.add_argument("--size", choices=[*map(str, STEMS), "both"], default="both", help="image side (both)")
    parser.add_argument("--without", default="", metavar="keras,torch", help="libraries to leave out")
    arguments = parser.parse_args()
    if arguments.rounds < 1 or (arguments.images is not None and arguments.images < 1):
        parser.error("--rounds and --images must be at least 1")
    arguments.without = [name for name in arguments.without.split(",") if name]
    if unknown := set(arguments.without) - set(OPTIONAL.values()):
        parser.error(f"--without takes keras and torch, not {', '.join(sorted(unknown))}")
    arguments.size = [*STEMS] if arguments.size == "both" else [int(arguments.size)]
    return arguments


if __name__ == "__main__":
    main()

"""Training and inference speed, beside the CPU's peak, Keras's defaults and PyTorch.

    python -m benchmarks.speed                    about twenty minutes on two cores
    python -m benchmarks.speed --quick            a few steps: whether it works here, not how fast it is
    python -m benchmarks.speed --record           also write the figures into docs/speed.md

Everything is set up once and then measured in turns, round by round, so that ratios hold on a machine whose speed
changes: compare ratios, not absolute figures. Still, run it on an otherwise idle machine: PyTorch's threads wait for
each other, TensorFlow's do not. PyTorch is optional: pip install -e '.[benchmark]'.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from benchmarks.machine import machine_description
from benchmarks.speed.speed_page import write_figures
from benchmarks.speed.speed_project import SIZES
from benchmarks.speed.speed_report import render_result
from benchmarks.speed.speed_rounds import Plan, measure_size, print_progress
from benchmarks.worker import WorkerError


def main() -> None:
    """Measure each size of images, print the figures, record them if asked to."""
    arguments = parse_arguments()
    amount = {"rounds": 1, "steps": 6, "seconds": 0.5} if arguments.quick else {"rounds": arguments.rounds}
    plan = Plan(recipe=arguments.recipe, compile_torch=arguments.compile, **amount)
    print_progress(f"on {machine_description()}; load {os.getloadavg()[0]:.1f} before the start")
    text = ""
    try:
        for side in arguments.sizes:
            with tempfile.TemporaryDirectory() as folder:
                text += render_result(measure_size(Path(folder), SIZES[side], plan))
    except WorkerError as error:
        sys.exit(f"error: {error}")
    print("\n" + text)
    if arguments.record:
        write_figures(f"\n{machine_description()}; {plan.rounds} rounds, recipe {plan.recipe}.\n\n{text}")


def parse_arguments() -> argparse.Namespace:
    """Return the command line's arguments."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--sizes", nargs="+", type=int, choices=sorted(SIZES), default=sorted(SIZES), help="image sides in pixels (all)"
    )
    parser.add_argument("--rounds", type=int, default=3, help="each with an epoch of pipeline.train (3)")
    parser.add_argument("--recipe", default="modern", help="a recipe in conf/recipe/ (modern)")
    parser.add_argument("--compile", action="store_true", help="also try torch.compile, which takes minutes")
    parser.add_argument("--quick", action="store_true", help="one round of few steps")
    parser.add_argument("--record", action="store_true", help="write the figures into docs/speed.md")
    arguments = parser.parse_args()
    if arguments.rounds < 1:
        parser.error("--rounds must be at least 1")
    if arguments.quick and arguments.record:
        parser.error("--quick measures too little to be recorded")
    if arguments.record and set(arguments.sizes) != set(SIZES):
        parser.error("--record needs all --sizes: it replaces all recorded figures")
    return arguments


if __name__ == "__main__":
    main()

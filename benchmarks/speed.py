"""How fast training and inference are, beside the machine's peak, Keras as it comes, and PyTorch.

    python -m benchmarks.speed                    about twenty minutes on two cores
    python -m benchmarks.speed --quick            few steps: whether it works here, not how fast it is
    python -m benchmarks.speed --record           also writes the figures into docs/speed.md

Everything is set up once and then measured in turns, round by round, so that ratios hold on a machine whose speed
changes; they count, absolute figures do not. Run it on an otherwise idle machine all the same: PyTorch's threads wait
for each other, TensorFlow's do not. PyTorch is optional: pip install -e '.[benchmark]'.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from benchmarks.machine import described
from benchmarks.speed_project import SIZES
from benchmarks.speed_report import rendered
from benchmarks.speed_rounds import Plan, measure, say
from benchmarks.stage_times import ROOT
from benchmarks.worker import WorkerError

PAGE = ROOT / "docs" / "speed.md"
BEGIN, END = "<!-- speed: begin -->\n", "<!-- speed: end -->\n"


def main() -> None:
    """Measure, print, record."""
    arguments = parse()
    quick = {"rounds": 1, "steps": 6, "seconds": 0.5} if arguments.quick else {"rounds": arguments.rounds}
    plan = Plan(recipe=arguments.recipe, compiling=arguments.compile, **quick)
    say(f"on {described()}; load {os.getloadavg()[0]:.1f} before the start")
    text = ""
    try:
        for side in arguments.sizes:
            with tempfile.TemporaryDirectory() as folder:
                text += rendered(measure(Path(folder), SIZES[side], plan))
    except WorkerError as error:
        sys.exit(f"error: {error}")
    print("\n" + text)
    if arguments.record:
        found = f"\n{described()}; {plan.rounds} rounds, recipe {plan.recipe}.\n\n{text}"
        PAGE.write_text(recorded(PAGE.read_text(encoding="utf-8"), found), encoding="utf-8")


def parse() -> argparse.Namespace:
    """Return the arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", type=int, choices=sorted(SIZES), default=sorted(SIZES))
    parser.add_argument("--rounds", type=int, default=3, help="of turns, each with an epoch of pipeline.train (3)")
    parser.add_argument("--recipe", default="modern", help="of conf/recipe/ (modern)")
    parser.add_argument("--compile", action="store_true", help="try torch.compile too, which takes minutes")
    parser.add_argument("--quick", action="store_true", help="one round of few steps")
    parser.add_argument("--record", action="store_true", help="write the figures into docs/speed.md")
    arguments = parser.parse_args()
    if arguments.rounds < 1:
        parser.error("--rounds must be at least 1")
    if arguments.quick and arguments.record:
        parser.error("--quick measures too little to be recorded")
    if arguments.record and set(arguments.sizes) != set(SIZES):
        parser.error("--record writes the whole page: it takes all --sizes")
    return arguments


def recorded(page: str, text: str) -> str:
    """Return `page` with `text` between its markers."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return before + BEGIN + text + END + after


if __name__ == "__main__":
    main()

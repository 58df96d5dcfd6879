"""Every way set up once at one size of images, then measured in turns."""

import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from benchmarks.machine import Others
from benchmarks.speed_notes import limits, torch_notes
from benchmarks.speed_project import Size, environment, make_project
from benchmarks.speed_report import Result, Round
from benchmarks.whole_training import WholeTraining
from benchmarks.worker import Measured, Worker, WorkerError

TOO_BUSY = 0.05  # of the cores with other work: what was measured then decides nothing
TURNS = {  # row of the report: worker, its way, share of the time
    "float32": ("peak", "float32", 0.2),
    "bfloat16": ("peak", "bfloat16", 0.2),
    "a": ("bare_step", "train", 1.0),
    "c": ("plain_keras", "train", 1.0),
    "d": ("torch_step", "train", 1.0),
    "ours": ("bare_step", "predict", 0.5),
    "saved": ("bare_step", "predict_saved", 0.5),
    "keras": ("plain_keras", "predict", 0.5),
    "torch": ("torch_step", "predict", 0.5),
}


@dataclass(frozen=True)
class Plan:
    """How much is measured.

    Attributes:
        recipe: of conf/recipe/.
        compiling: whether PyTorch's compiler is tried.
        rounds: turns of all ways.
        steps: of an epoch of `pipeline.train`.
        seconds: of a measurement.
    """

    recipe: str
    compiling: bool = False
    rounds: int = 3
    steps: int = 96
    seconds: float = 5.0


def measure(project: Path, size: Size, plan: Plan) -> Result:
    """Return what every way does at one size, in a project made at `project`."""
    name, train = f"{size.side}×{size.side}", size.batch * plan.steps
    validation = train // 10
    say(f"{name}: preparing {train} images")
    settings = [f"recipe={plan.recipe}", f"recipe.epochs={plan.rounds + 1}", "recipe.warmup_epochs=1"]
    make_project(project, size, train, validation, settings)
    with ExitStack() as stack:
        workers = start(stack, project, name, compiling=plan.compiling)
        say(f"{name}: the first epoch of pipeline.train")
        training = stack.enter_context(WholeTraining(project, environment(), train, validation))
        others, rounds = Others(), list[Round]()
        for number in range(plan.rounds):
            say(f"{name}: round {number + 1} of {plan.rounds}")
            rounds.append(turn(workers, training, plan.seconds))
        load, finished = others.cores(), training.finish()
        facts, torch = workers["bare_step"].facts, workers["torch_step"].facts if "torch_step" in workers else None
    steady = sum(each["b"].seconds for each in rounds) / len(rounds)
    result = Result(size, facts["multiply_adds"], "bfloat16" in facts["policy"], rounds, [
        f"{facts['multiply_adds'] / 1e9:.3f} G multiply-adds forward per image, {facts['parameters']:,} parameters, "
        f"ours in {facts['policy']}; epochs of {train} training and {validation} validation images",
        f"`pipeline.train` besides its epochs: {training.begun.seconds - steady:.0f} s of start-up and tracing, "
        f"{finished:.0f} s to save and log the model; an epoch took {steady:.0f} s",
        busyness(load),
        torch_notes(torch),
    ])  # fmt: skip
    say(f"{name}: where the step's time goes")
    return result.with_notes(limits(result, project))


def start(stack: ExitStack, project: Path, name: str, *, compiling: bool) -> dict[str, Worker]:
    """Start the workers, one after the other; without PyTorch, go on without it.

    Raises:
        WorkerError: one of ours failed, or the networks are not the same.
    """
    workers = {}
    for module in ("peak", "bare_step", "plain_keras"):
        say(f"{name}: starting {module}")
        workers[module] = stack.enter_context(Worker(module, project, environment()))
    if find_spec("torch") is None:
        say("PyTorch is not installed, so (d) is left out; to have it: pip install -e '.[benchmark]'")
        return workers
    say(f"{name}: starting torch_step")
    options = ["--compile"] if compiling else []
    other = environment() | {"KERAS_BACKEND": "torch"}  # the worker reads the network's table and needs no TensorFlow
    try:
        workers["torch_step"] = stack.enter_context(Worker("torch_step", project, other, *options))
    except WorkerError as error:
        say(f"(d) is left out: {error}")
        return workers
    counts = {module: workers[module].facts["parameters"] for module in ("bare_step", "plain_keras", "torch_step")}
    if len(set(counts.values())) > 1:
        raise WorkerError(f"these are not the same network, by their parameters: {counts}")
    return workers


def turn(workers: Mapping[str, Worker], training: WholeTraining, seconds: float) -> Round:
    """Measure every way once."""
    measured: dict[str, Measured] = {}
    for row, (module, way, share) in TURNS.items():
        if row == "c":
            measured["b"] = training.epoch()  # right after (a)
        if module in workers:
            measured[row] = workers[module].ask(way, share * seconds)
    return measured


def busyness(cores: float) -> str:
    """Return in words how much other work there was."""
    every = os.cpu_count() or 1
    told = f"other work took {cores:.2f} of {every} cores during the rounds"
    return told + (": too much, run it again on an idle machine" if cores > TOO_BUSY * every else "")


def say(line: str) -> None:
    """Print a line of progress."""
    print(line, flush=True)

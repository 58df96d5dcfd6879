"""All measurements at one size of images: everything is set up once, then measured in turns."""

import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from benchmarks.environment import benchmark_environment
from benchmarks.machine import OtherLoad
from benchmarks.speed.speed_notes import profile_notes, torch_note
from benchmarks.speed.speed_project import Size, make_project
from benchmarks.speed.speed_report import Round, SpeedResult
from benchmarks.speed.whole_training import WholeTraining
from benchmarks.worker import Measurement, Worker, WorkerError

TOO_BUSY = 0.05  # share of the cores that other processes use, above which the figures prove nothing
ORDER = {  # a round's measurements, by row of the report: worker, its case, share of the time
    "float32": ("matmul_peak", "float32", 0.2),
    "bfloat16": ("matmul_peak", "bfloat16", 0.2),
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
        recipe: name of a file in conf/recipe/.
        compile_torch: whether PyTorch's compiler is tried.
        rounds: in each of which everything is measured once.
        steps: of an epoch of `pipeline.train`.
        seconds: of a measurement.
    """

    recipe: str
    compile_torch: bool = False
    rounds: int = 3
    steps: int = 96
    seconds: float = 5.0


def measure_size(project: Path, size: Size, plan: Plan) -> SpeedResult:
    """Return all measurements at one size of images.

    Args:
        project: an empty folder, in which a project is made.
        size: of images and network.
        plan: how much is measured.

    Raises:
        WorkerError: a measured process failed, or the networks differ.
    """
    name, train = f"{size.side}×{size.side}", size.batch * plan.steps
    validation = train // 10
    print_progress(f"{name}: preparing {train} images")
    settings = [f"recipe={plan.recipe}", f"recipe.epochs={plan.rounds + 1}", "recipe.warmup_epochs=1"]
    make_project(project, size, train, validation, settings)
    with ExitStack() as stack:
        workers = start_workers(stack, project, name, compile_torch=plan.compile_torch)
        print_progress(f"{name}: the first epoch of pipeline.train")
        training = stack.enter_context(WholeTraining(project, benchmark_environment(), train, validation))
        other_load, rounds = OtherLoad(), list[Round]()
        for number in range(1, plan.rounds + 1):
            print_progress(f"{name}: round {number} of {plan.rounds}")
            rounds.append(measure_round(workers, training, plan.seconds))
        cores, closing = other_load.cores(), training.finish()
    facts, torch = workers["bare_step"].facts, workers["torch_step"].facts if "torch_step" in workers else None
    epoch = sum(each["b"].seconds for each in rounds) / len(rounds)
    notes = [
        f"{facts['multiply_adds'] / 1e9:.3f} G multiply-adds forward per image, {facts['parameters']:,} parameters, "
        f"ours in {facts['policy']}; epochs of {train} training and {validation} validation images",
        f"`pipeline.train` outside its epochs: {training.first_epoch.seconds - epoch:.0f} s of start-up and tracing, "
        f"{closing:.0f} s to save and log the model; an epoch took {epoch:.0f} s",
        load_note(cores),
        torch_note(torch),
    ]
    print_progress(f"{name}: profiling the training step")
    result = SpeedResult(size, facts["multiply_adds"], "bfloat16" in facts["policy"], rounds, notes)
    return result.with_notes(profile_notes(result, project))


def start_workers(stack: ExitStack, project: Path, name: str, *, compile_torch: bool) -> dict[str, Worker]:
    """Start the workers one after the other; without PyTorch if it is not installed or fails.

    Args:
        stack: ends them.
        project: with prepared data.
        name: of the size of images, for progress lines.
        compile_torch: whether PyTorch's compiler is tried.

    Raises:
        WorkerError: one of ours failed, or the networks have different numbers of parameters.
    """
    workers = {}
    for module in ("matmul_peak", "bare_step", "plain_keras"):
        print_progress(f"{name}: starting {module}")
        workers[module] = stack.enter_context(Worker(f"speed.workers.{module}", project, benchmark_environment()))
    if find_spec("torch") is None:
        print_progress("(d) is left out: PyTorch is not installed. To have it: pip install -e '.[benchmark]'")
        return workers
    print_progress(f"{name}: starting torch_step")
    options = ["--compile"] if compile_torch else []
    try:
        worker = Worker("speed.workers.torch_step", project, benchmark_environment(), *options)
    except WorkerError as error:
        print_progress(f"(d) is left out: {error}")
        return workers
    workers["torch_step"] = stack.enter_context(worker)
    counts = {module: worker.facts["parameters"] for module, worker in workers.items() if "parameters" in worker.facts}
    if len(set(counts.values())) > 1:
        raise WorkerError(f"the networks differ in their numbers of parameters: {counts}")
    return workers


def measure_round(workers: Mapping[str, Worker], training: WholeTraining, seconds: float) -> Round:
    """Measure everything once.

    Args:
        workers: by module.
        training: whose next epoch is measured.
        seconds: of a measurement whose share of the time is 1.
    """
    measurements: dict[str, Measurement] = {}
    for row, (module, case, share) in ORDER.items():
        if row == "c":
            measurements["b"] = training.epoch()  # right after (a)
        if module in workers:
            measurements[row] = workers[module].measure(case, share * seconds)
    return measurements


def load_note(cores: float) -> str:
    """Return a sentence on the `cores` that other processes used."""
    total = os.cpu_count() or 1
    note = f"other processes used {cores:.2f} of {total} cores during the rounds"
    return note + (": too much, run it again on an idle machine" if cores > TOO_BUSY * total else "")


def print_progress(line: str) -> None:
    """Print a line at once, also where the output is a file or a pipe."""
    print(line, flush=True)

"""All measurements at one size of images: every contender is set up once, then they are measured in turns."""

from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from benchmarks.environment import benchmark_environment
from benchmarks.inference.inference_table import InferenceResult, Round
from benchmarks.inference.measured_work import Work
from benchmarks.inference.model_folder import model_file
from benchmarks.inference.photo_files import write_photos
from benchmarks.machine import OtherLoad
from benchmarks.speed.speed_rounds import load_note, print_progress
from benchmarks.worker import Worker, WorkerError
from pipeline.runtime.engine.cores import usable_cores

ORDER = {  # a round's measurements, by row of the table: worker, its case, share of the time
    "bare": ("bare_openvino", "batch", 1.0),
    "arrays": ("predict_arrays", "batch", 1.0),
    "decoding": ("decode_alone", "files", 1.0),
    "files": ("predict_files", "files", 1.0),
    "loading": ("predict_files", "loading", 0.5),
    "torch": ("torch_predict", "batch", 1.0),
    "keras": ("keras_predict", "batch", 1.0),
    "bare_single": ("bare_openvino", "single", 0.5),
    "arrays_single": ("predict_arrays", "single", 0.5),
    "array_single": ("predict_arrays", "bare", 0.5),
    "torch_single": ("torch_predict", "single", 0.5),
    "keras_single": ("keras_predict", "single", 0.5),
}
OPTIONAL = {"torch_predict": "torch", "keras_predict": "keras"}  # workers: the library without which they are left out
PER_CORE = 32  # images of a call for each core: every core then has a whole batch
LEAST = {32: 512, 224: 64}  # images of a call, by their side


@dataclass(frozen=True)
class InferencePlan:
    """How much is measured.

    Attributes:
        models: folder of the model files.
        rounds: in each of which everything is measured once.
        seconds: of a measurement.
        images: in a call, or None: by size and cores.
        without: libraries that are left out.
    """

    models: Path
    rounds: int
    seconds: float
    images: int | None
    without: Collection[str]


def measure_inference(side: int, plan: InferencePlan, folder: Path) -> InferenceResult:
    """Return all measurements at one size of images.

    Args:
        side: of the images, in pixels.
        plan: how much is measured.
        folder: an empty one, for the photos.

    Raises:
        WorkerError: a measured process failed.
    """
    images = plan.images or max(LEAST[side], PER_CORE * usable_cores())
    work = Work(model_file(plan.models.resolve(), side), side, images, folder)
    print_progress(f"{side}×{side}: writing {images} photos")
    write_photos(folder, side, images)
    with ExitStack() as stack:
        workers, missing = _start_workers(stack, work, plan)
        load, rounds = OtherLoad(), list[Round]()
        for number in range(1, plan.rounds + 1):
            print_progress(f"{side}×{side}: round {number} of {plan.rounds}")
            rounds.append({
                row: workers[module].measure(case, share * plan.seconds)
                for row, (module, case, share) in ORDER.items()
                if module in workers
            })  # fmt: skip
        cores = load.cores()
    settings = [f"{module}: {worker.facts['settings']}" for module, worker in workers.items()]
    return InferenceResult(side, images, rounds, [*settings, *missing, load_note(cores)])


def _start_workers(stack: ExitStack, work: Work, plan: InferencePlan) -> tuple[dict[str, Worker], list[str]]:
    """Start the workers one after the other; return them, and why others are left out.

    Args:
        stack: ends them.
        work: that they are given.
        plan: says which are left out.

    Raises:
        WorkerError: one failed, or the networks have different numbers of parameters.
    """
    workers, missing = dict[str, Worker](), list[str]()
    for module in dict.fromkeys(module for module, _, _ in ORDER.values()):
        library = OPTIONAL.get(module)
        reason = _left_out(library, plan.without) if library else ""
        if reason:
            missing.append(reason)
            continue
        print_progress(f"{work.side}×{work.side}: starting {module}")
        worker = Worker(f"inference.workers.{module}", work.photos, benchmark_environment(), *work.arguments())
        workers[module] = stack.enter_context(worker)
    counts = {module: worker.facts["parameters"] for module, worker in workers.items() if "parameters" in worker.facts}
    if len(set(counts.values())) > 1:
        raise WorkerError(f"the networks differ in their numbers of parameters: {counts}")
    return workers, missing


def _left_out(library: str, without: Collection[str]) -> str:
    """Return why a library is not measured, or an empty string."""
    if library in without:
        return f"{library} is left out: --without"
    needed = {"keras": ("keras", "tensorflow")}.get(library, (library,))
    absent = [name for name in needed if find_spec(name) is None]
    return f"{library} is left out: {absent[0]} is not installed" if absent else ""

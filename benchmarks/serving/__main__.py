"""Speed of `mlflow models serve` with a registered model, beside the bare engine.

    python -m benchmarks.serving                                         about four minutes on two cores
    python -m benchmarks.serving --requests 10000                        and the server's memory
    python -m benchmarks.serving --size 32 --rounds 1 --seconds 0.5      whether it works here

The network is a GoogLeNet at full width with random weights, the images are JPEG files of the network's size. In each
round the bare engine, one client and several clients are measured in turns: compare ratios, not absolute figures. The
clients run on the same cores as the server.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.environment import benchmark_environment
from benchmarks.inference.measured_work import Work
from benchmarks.inference.model_folder import STEMS, make_missing_models, model_file
from benchmarks.inference.photo_files import write_photos
from benchmarks.machine import OtherLoad, machine_description
from benchmarks.serving.http_load import LoadResult
from benchmarks.serving.model_server import ModelServer
from benchmarks.serving.serving_table import ServingRound, memory_note, render_serving
from benchmarks.speed.speed_rounds import load_note, print_progress
from benchmarks.worker import Worker, WorkerError

IMAGES = 64  # different ones
PARTS = 5  # of the requests between which memory is read


def main() -> None:
    """Make the model if needed, measure, print the table."""
    arguments = parse_arguments()
    with TemporaryDirectory() as folder:
        try:
            text = measured_text(arguments, Path(folder))
        except WorkerError as error:
            sys.exit(f"error: {error}")
    print(f"\n{machine_description()}; {arguments.rounds} rounds of {arguments.seconds:g} s.\n\n{text}", end="")


def measured_text(arguments: argparse.Namespace, folder: Path) -> str:
    """Return the section of the network that is measured.

    Args:
        arguments: of the command line.
        folder: an empty one.

    Raises:
        WorkerError: a measured process failed, or the model cannot be made.
    """
    print_progress(f"on {machine_description()}; load {os.getloadavg()[0]:.1f} before the start")
    side, models = arguments.size, (arguments.models or folder / "models").resolve()
    make_missing_models(models, [side])
    print_progress("writing the MLflow model")
    _run("serving.build_served_model", model_file(models, side), folder / "model")
    photos = write_photos(folder / "photos", side, IMAGES, size=(side, side))
    work = Work(model_file(models, side), side, IMAGES, folder / "photos")
    print_progress("starting mlflow models serve")
    bare = Worker("inference.workers.bare_openvino", folder, benchmark_environment(), *work.arguments())
    with bare, ModelServer(folder / "model", photos[0]) as server:
        load, rounds = OtherLoad(), list[ServingRound]()
        for number in range(1, arguments.rounds + 1):
            print_progress(f"round {number} of {arguments.rounds}")
            rounds.append(
                ServingRound(
                    bare.measure("batch", arguments.seconds),
                    _load(server.port, 1, arguments.seconds, photos),
                    _load(server.port, arguments.clients, arguments.seconds, photos),
                )
            )
        notes = [
            f"first answer {server.server_seconds:.1f} s after the server's process began, "
            f"{server.command_seconds:.1f} s after the command",
            load_note(load.cores()),
        ]
        if arguments.requests:
            notes.append(_memory(server, arguments, photos, rounds[-1].together.rate))
    return render_serving(side, arguments.clients, rounds, notes)


def _memory(server: ModelServer, arguments: argparse.Namespace, photos: list[Path], rate: float) -> str:
    memory, done = [server.memory()], 0
    while done < arguments.requests:
        done += len(_load(server.port, arguments.clients, arguments.requests / PARTS / rate, photos).latencies)
        memory.append(server.memory())
        print_progress(f"{done:,} of {arguments.requests:,} requests, {memory[-1]:.0f} MiB")
    return memory_note(memory, done)


def _load(port: int, clients: int, seconds: float, photos: list[Path]) -> LoadResult:
    result = LoadResult(**json.loads(_run("serving.http_load", port, clients, seconds, *photos)))
    if result.failures:
        raise WorkerError(f"{result.failures} of {len(result.latencies)} requests failed")
    return result


def _run(module: str, *arguments: object) -> str:
    command = [sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)]
    done = subprocess.run(command, env=benchmark_environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["it printed no error"])[-1]
        raise WorkerError(f"benchmarks.{module} failed: {reason}")
    return done.stdout


def parse_arguments() -> argparse.Namespace:
    """Return the command line's arguments."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.serving", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", type=Path, metavar="DIR", help="folder of the model files (a temporary one)")
    parser.add_argument("--size", type=int, choices=[*STEMS], default=224, help="image side (224)")
    parser.add_argument("--clients", type=int, default=8, help="of the rounds with several (8)")
    parser.add_argument("--rounds", type=int, default=5, help="in each of which everything is measured once (5)")
    parser.add_argument("--seconds", type=float, default=10.0, help="of a measurement (10)")
    parser.add_argument("--requests", type=int, default=0, help="during which memory is read at the end (none)")
    arguments = parser.parse_args()
    if arguments.rounds < 1 or arguments.clients < 1 or arguments.requests < 0:
        parser.error("--rounds and --clients must be at least 1, --requests at least 0")
    return arguments


if __name__ == "__main__":
    main()

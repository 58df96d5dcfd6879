"""Train the network and recipe of params.yaml under Keras's JAX backend, on a GPU that has JAX and no TensorFlow.

    python -m pipeline.prepare
    python -m pipeline.train_jax FOLDER

FOLDER gets the trained network (model.keras, which TensorFlow loads) and training.json: the settings and the metrics of
each epoch. In a project with the same data, `python -m pipeline.adopt FOLDER` makes an MLflow run of it, which
`dvc repro` then evaluates and registers.
"""

import argparse
import os
from pathlib import Path

from pipeline.base.command import run_command


def _command() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m pipeline.train_jax",
        description="Train the network and recipe of params.yaml on Keras's JAX backend (limits: docs/training.md).",
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="output folder for model.keras and training.json")
    parser.add_argument(
        "--minutes",
        type=float,
        default=float("inf"),
        help="stop after the epoch running when MINUTES have passed",
    )
    arguments = parser.parse_args()
    os.environ["KERAS_BACKEND"] = "jax"  # before anything imports Keras
    from pipeline.jax_training.jax_trainer import train

    train(arguments.folder, arguments.minutes)


if __name__ == "__main__":
    run_command(_command)

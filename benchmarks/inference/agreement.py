"""Whether OpenVINO predicts what Keras does: `python -m benchmarks.inference.agreement [PROJECT]`.

It classifies the prepared test images of a project with its trained model by Keras in float32 and by OpenVINO.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.base.errors import PipelineError
from pipeline.base.markdown import markdown_table
from pipeline.base.paths import MODEL, PREPARED
from pipeline.inference import load_model

BATCH = 64  # images
SAME, WITHIN = 0.999, 0.001  # targets: share of equal classes, difference of the accuracies


def main() -> None:
    """Print the table for the project that the command line names."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.inference.agreement",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("project", nargs="?", type=Path, default=Path(), help="(default: here)")
    try:
        print(project_agreement(parser.parse_args().project), end="")
    except PipelineError as error:
        sys.exit(f"error: {error}")


def project_agreement(project: Path) -> str:
    """Return the table of a project.

    Args:
        project: with prepared images and a trained model.

    Raises:
        PipelineError: one of them is missing.
    """
    from pipeline.data.dataset import Dataset

    dataset, file = Dataset(project / PREPARED), str(project / MODEL)
    positions, labels = dataset.indices("test")
    pixels = dataset.shards.take(positions)
    engines = [load_model(file, engine=name).engine for name in ("keras", "openvino")]
    keras, openvino = (
        np.concatenate([engine.probabilities(pixels[at : at + BATCH]) for at in range(0, len(pixels), BATCH)])
        for engine in engines
    )
    return agreement_table(keras, openvino, labels, [engine.name for engine in engines])


def agreement_table(
    keras: NDArray[np.float32], openvino: NDArray[np.float32], labels: NDArray[np.int32], names: list[str]
) -> str:
    """Return the table.

    Args:
        keras: class probabilities, (images, classes).
        openvino: the same of the other engine.
        labels: class indices, (images,).
        names: of the two engines.
    """
    first, second = keras.argmax(axis=1), openvino.argmax(axis=1)
    same = float(np.mean(first == second))
    accuracies = [float(np.mean(found == labels)) for found in (first, second)]
    apart = abs(accuracies[0] - accuracies[1])
    rows = [
        ("test images", f"{len(labels):,}", "", ""),
        ("same class", f"{same:.2%}", f"≥ {SAME:.1%}", _verdict(same >= SAME)),
        *((f"accuracy, {name}", f"{value:.4f}", "", "") for name, value in zip(names, accuracies, strict=True)),
        ("difference of the accuracies", f"{apart:.4f}", f"≤ {WITHIN:.4f}", _verdict(apart <= WITHIN)),
        ("largest difference of a probability", f"{np.abs(keras - openvino).max():.4f}", "", ""),
    ]
    return markdown_table(("", "", "target", ""), rows, "lrrl")


def _verdict(reached: bool) -> str:
    return "**reached**" if reached else "**falls short**"


if __name__ == "__main__":
    main()

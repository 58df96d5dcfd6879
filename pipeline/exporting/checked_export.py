"""A format written into its folder, once it gives the network's answers."""

from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from pipeline.base.errors import PipelineError, one_line
from pipeline.base.files import atomic_folder
from pipeline.data import golden_batch
from pipeline.exporting.formats.export_source import ExportSource
from pipeline.exporting.formats.format_interface import ExportEngine
from pipeline.exporting.formats.variant import Variant
from pipeline.runtime.model_spec import MEMBER

# Largest difference of a probability, by the type of computing. Measured: float32 2e-6, bfloat16 0.005, int8 0.1; int8
# that is wrong: 0.6 and more.
TOLERANCES = MappingProxyType({**golden_batch.TOLERANCES, "int8": 0.3})


def export_variant(
    variant: Variant, source: ExportSource, folder: Path, pixels: NDArray[np.uint8], expected: NDArray[np.float32]
) -> None:
    """Write a format and the specification beside it into `folder`, whole or not at all.

    Args:
        variant: format and precision.
        source: the network.
        folder: of this format; replaced if it is there.
        pixels: to check with, uint8 (images, height, width, channels).
        expected: class probabilities of these images.

    Raises:
        PipelineError: it cannot be converted or written, or gives other answers.
    """
    try:
        with atomic_folder(folder) as partial:
            _write_checked(variant, source, partial, pixels, expected)
    except OSError as error:
        raise PipelineError(f"{variant.name}: cannot write {folder}: {one_line(error)}; try another --output") from None


def _write_checked(
    variant: Variant, source: ExportSource, partial: Path, pixels: NDArray[np.uint8], expected: NDArray[np.float32]
) -> None:
    try:
        variant.format.write(source, partial, variant.int8)
        (partial / MEMBER).write_text(source.spec.to_json() + "\n", encoding="utf-8")
        engines = variant.format.engines(partial, variant.int8)
        differences = [largest_difference(engine, pixels, expected) for engine in engines]
    except PipelineError:
        raise
    except Exception as error:  # converters and engines raise anything
        raise PipelineError(f"{variant.name}: {type(error).__name__}: {one_line(error)}") from error
    for engine, difference in zip(engines, differences, strict=True):
        _check(variant, engine, difference)


def largest_difference(engine: ExportEngine, pixels: NDArray[np.uint8], expected: NDArray[np.float32]) -> float:
    """Return the largest difference of a probability, for all images at once and for the first one alone.

    Args:
        engine: runs the exported network.
        pixels: uint8 (images, height, width, channels).
        expected: class probabilities, (images, classes).
    """
    found = engine.probabilities(pixels), engine.probabilities(pixels[:1])
    differences = [np.abs(some - expected[: len(some)]).max() for some in found]
    return float(np.max(differences))  # NaN stays NaN


def _check(variant: Variant, engine: ExportEngine, difference: float) -> None:
    tolerance = TOLERANCES[engine.precision]
    if not difference <= tolerance:
        raise PipelineError(
            f"{variant.name} is not written: under {engine.name} in {engine.precision} a probability differs by "
            f"{difference:.2g} from the expected one, more than {tolerance:g}"
        )

"""What every format offers: how it is written, and engines that run what was written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.exporting.formats.export_source import ExportSource
from pipeline.inference.engine.engine_timing import BATCH

INT8 = "int8"


@dataclass(frozen=True)
class ExportEngine:
    """What runs an exported network.

    Attributes:
        name: with version.
        precision: the type in which it computes.
        predict: from pixels, uint8 (images, height, width, channels), to class probabilities, (images, classes).
    """

    name: str
    precision: str
    predict: Callable[[NDArray[np.uint8]], NDArray[np.float32]]

    def probabilities(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return class probabilities of any number of images, computed in batches."""
        parts = [self.predict(pixels[start : start + BATCH]) for start in range(0, len(pixels), BATCH)]
        return np.concatenate(parts)


@dataclass(frozen=True)
class ExportFormat:
    """A file format.

    Attributes:
        name: on the command line.
        packages: modules that it takes to write and to check it.
        int8_packages: more modules for int8; None: the format has no int8.
        write: puts the network's files into a folder; the last argument says whether in int8.
        engines: run the files in a folder, the default first.
    """

    name: str
    packages: Sequence[str]
    int8_packages: Sequence[str] | None
    write: Callable[[ExportSource, Path, bool], None]
    engines: Callable[[Path, bool], list[ExportEngine]]

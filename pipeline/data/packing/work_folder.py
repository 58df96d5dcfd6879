"""The images of one preparation on disk while it runs: pixels in shards, and measures in a file beside them."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from pipeline.base.errors import PipelineError
from pipeline.data.packing.image_batch import MEASURES
from pipeline.data.packing.shard_writer import ShardWriter
from pipeline.data.shards import Shards

MEASURES_FILE = "measures.raw"


class WorkFolder:
    """Images appended one batch after the other. What was appended outlives the process, however it ends.

    Args:
        folder: an empty folder.
        shape: (height, width, channels) of the pixels; None: measures only.

    Attributes:
        count: images appended so far.
    """

    def __init__(self, folder: Path, shape: tuple[int, int, int] | None) -> None:
        self.folder, self.count = folder, 0
        self._shards = ShardWriter(folder, shape) if shape else None
        self._measures = (folder / MEASURES_FILE).open("wb")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._measures.close()
        if self._shards:
            self._shards.close()

    def append(self, measures: NDArray[np.void], pixels: NDArray[np.uint8] | None) -> None:
        """Append images.

        Args:
            measures: MEASURES (n,).
            pixels: uint8 (n, height, width, channels); None where the folder has no shape.
        """
        if self._shards and pixels is not None:
            self._shards.append(pixels)  # first, so that an image that has measures has pixels too
        self._measures.write(measures.tobytes())
        self._measures.flush()
        self.count += len(measures)


@dataclass(frozen=True)
class FinishedImages:
    """What a work folder holds whole.

    Attributes:
        measures: MEASURES (n,), mapped.
        shards: their pixels, and perhaps more.
    """

    measures: NDArray[np.void]
    shards: Shards


def finished_images(folder: Path, shape: tuple[int, int, int]) -> FinishedImages | None:
    """Return the images of a work folder that no process writes to; None if none of them can be used.

    Args:
        folder: of a preparation that ended, or was interrupted; what is missing at its end is completed.
        shape: (height, width, channels) of the pixels.
    """
    measures = read_measures(folder)
    shards = _whole_shards(folder, len(measures))
    if shards is None and len(measures):
        with suppress(ValueError, OSError):
            if all(file.stat().st_nlink == 1 for file in folder.glob("images-*.npy")):  # else prepared data have them
                ShardWriter(folder, shape, len(measures))
                shards = _whole_shards(folder, len(measures))
    return FinishedImages(measures, shards) if shards else None


def _whole_shards(folder: Path, images: int) -> Shards | None:
    """Return the shards of a folder if they can be read and hold at least `images` images."""
    try:
        shards = Shards(folder)
    except (PipelineError, ValueError, OSError):  # none, or an interrupted one
        return None
    return shards if len(shards) >= images else None


def read_measures(folder: Path) -> NDArray[np.void]:
    """Return the measures in a work folder, MEASURES (n,), mapped; a record that was cut off is left out."""
    file = folder / MEASURES_FILE
    count = file.stat().st_size // MEASURES.itemsize if file.is_file() else 0
    return np.memmap(file, MEASURES, "r", shape=(count,)) if count else np.empty(0, MEASURES)


def measures_size(folder: Path) -> int:
    """Return the bytes of measures in a work folder."""
    file = folder / MEASURES_FILE
    return file.stat().st_size if file.is_file() else 0

"""The forms in which prepared images could lie on the disk: size, and the time to write and to read them.

    python -m benchmarks.data.storage_forms PATH --side 224            a folder or a .zip archive of photos
    python -m benchmarks.data.storage_forms cifar10.zip --side 32 --images 5000

Writing begins with the file's bytes and the prepared pixels in memory: `prepare` decodes each photo in any case, for
the audit. Reading is that of shuffled batches of 64 images in one thread, from files that were read before. All times
are processor time. What 1.28 million images take, as many as ImageNet has, is computed from the size of one.
"""

import argparse
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.data.storage.containers import ArrayRecord, Container, OneAfterAnother, Parquet
from benchmarks.data.storage.payloads import CompressedPixels, Payload, Pixels, RawPixels, SmallJpeg, SourceFile
from pipeline.base.errors import PipelineError
from pipeline.base.markdown import markdown_table
from pipeline.data.golden_batch import decoded
from pipeline.data.packing.shard_writer import write_shards
from pipeline.data.shards import Shards
from pipeline.runtime.images.preprocessing import Preprocessing

BATCH = 64
BATCHES = 12
IMAGENET = 1_281_167
SUFFIXES = (".jpg", ".jpeg")
HEADS = ("form", "bytes per image", "1.28 million images, GB", "writing 1,000, s", "a batch of 64, ms", "batch / raw")


@dataclass(frozen=True)
class FormCost:
    """Bytes of an image on the disk, and seconds to write an image and to read a batch."""

    name: str
    size: float
    writing: float
    reading: float


def main(path: Path, side: int, images: int) -> str:
    """Return the table, and a line on what was not measured."""
    files = jpeg_files(path, images)
    preprocessing = Preprocessing(side, side, 3, "crop")
    pixels = decoded(files, preprocessing)
    costs = list(form_costs(files, pixels, preprocessing))
    table = markdown_table(HEADS, [_row(cost, costs[0]) for cost in costs], "l" + "r" * 5)
    left_out = "" if ArrayRecord.installed() else "\narray_record is not installed, so it was not measured.\n"
    return f"{len(files):,} images, prepared at {side}×{side}\n\n{table}{left_out}"


def jpeg_files(path: Path, images: int) -> list[bytes]:
    """Return the contents of at most `images` JPEG files, evenly from a folder or a zip archive.

    Raises:
        PipelineError: there are fewer than a batch.
    """
    if path.is_dir():
        names = sorted(str(file) for file in path.rglob("*") if file.suffix.lower() in SUFFIXES)
        chosen = names[:: max(1, len(names) // images)][:images]
        files = [Path(name).read_bytes() for name in chosen]
    else:
        with zipfile.ZipFile(path) as archive:
            names = sorted(name for name in archive.namelist() if name.lower().endswith(SUFFIXES))
            files = [archive.read(name) for name in names[:: max(1, len(names) // images)][:images]]
    if len(files) < BATCH:
        raise PipelineError(f"{path} has {len(files)} JPEG files; the benchmark needs {BATCH}")
    return files


def form_costs(files: Sequence[bytes], pixels: Pixels, preprocessing: Preprocessing) -> Iterator[FormCost]:
    """Yield the costs of each form, those of raw shards first."""
    raw, jpeg = RawPixels(preprocessing.shape), SmallJpeg(preprocessing)
    forms: list[tuple[str, Payload, type[Container]]] = [
        ("pixels, zstd for each image", CompressedPixels(preprocessing.shape), OneAfterAnother),
        ("the JPEG file as it came", SourceFile(preprocessing), OneAfterAnother),
        ("JPEG of quality 95 at this size", jpeg, OneAfterAnother),
        ("Parquet, pixels", raw, Parquet),
        ("Parquet, JPEG of quality 95", jpeg, Parquet),
    ]
    if ArrayRecord.installed():
        forms += [("array_record, pixels", raw, ArrayRecord), ("array_record, JPEG of quality 95", jpeg, ArrayRecord)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        writing = _seconds(lambda: write_shards(folder, pixels))
        yield _cost("pixels in .npy shards (as now)", folder, len(files), writing, Shards(folder).take)
    for title, payload, container in forms:
        with tempfile.TemporaryDirectory() as name:
            yield _form_cost(title, payload, container, Path(name), files, pixels)


def _form_cost(
    title: str, payload: Payload, container: type[Container], folder: Path, files: Sequence[bytes], pixels: Pixels
) -> FormCost:
    def write() -> None:
        container.write(folder, [payload.encode(file, one) for file, one in zip(files, pixels, strict=True)])

    writing = _seconds(write)
    reader = container.reader(folder)

    def take(positions: np.ndarray) -> Pixels:
        return np.stack([payload.decode(kept) for kept in reader(positions.tolist())])

    difference = np.abs(take(np.arange(BATCH)).astype(int) - pixels[:BATCH]).mean()
    assert difference <= (10 if isinstance(payload, SmallJpeg) else 0), f"{title} differs by {difference:.2f}"
    return _cost(title, folder, len(files), writing, take)


def _cost(name: str, folder: Path, images: int, writing: float, take: Callable[[np.ndarray], Pixels]) -> FormCost:
    random = np.random.default_rng(0)
    batches = [random.integers(0, images, BATCH) for _ in range(BATCHES)]
    for positions in batches:
        take(positions)
    reading = median(_seconds(lambda positions=positions: take(positions)) for positions in batches)  # type: ignore[misc]
    size = sum(file.stat().st_size for file in folder.iterdir())
    return FormCost(name, size / images, writing / images, reading)


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _row(cost: FormCost, raw: FormCost) -> tuple[str, ...]:
    total = cost.size * IMAGENET / 1e9
    return (
        cost.name, f"{cost.size:,.0f}", f"{total:,.{0 if total >= 10 else 1}f}", f"{cost.writing * 1000:.2f}",
        f"{cost.reading * 1000:,.2f}", f"{cost.reading / raw.reading:,.1f}",
    )  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.data.storage_forms",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("path", type=Path, metavar="PATH")
    parser.add_argument("--side", type=int, default=224, help="of the prepared images, in pixels")
    parser.add_argument("--images", type=int, default=1000)
    options = parser.parse_args()
    print(main(options.path, options.side, options.images))

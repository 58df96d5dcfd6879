"""A worker: the photos decoded by as many threads as there are cores, and nothing else."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from benchmarks.inference.measured_work import given_work, serve_calls
from pipeline.data.image_files import image_files
from pipeline.inference.model_files import find_model
from pipeline.runtime.engine.cores import usable_cores
from pipeline.runtime.images.decode import decode_pixels
from pipeline.runtime.images.image_inputs import NamedImage, file_image

BATCH = 32  # images that a thread decodes before it takes the next ones


def main() -> None:
    """Serve `files`."""
    work, threads = given_work(), usable_cores()
    preprocessing = find_model(str(work.model)).spec().preprocessing
    images = [file_image(file) for file in image_files(work.photos)]
    size = min(BATCH, -(-len(images) // threads))
    batches = [images[start : start + size] for start in range(0, len(images), size)]

    def decoded(batch: Sequence[NamedImage]) -> None:
        for image in batch:
            decode_pixels(image.open, preprocessing)

    with ThreadPoolExecutor(threads) as pool:
        calls = {"files": (lambda: list(pool.map(decoded, batches)), len(images))}
        serve_calls(calls, {"settings": f"{threads} threads"})


if __name__ == "__main__":
    main()

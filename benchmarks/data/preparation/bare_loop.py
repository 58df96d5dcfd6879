"""The least that preparing could do: read, SHA-256 of the file, decode in draft mode, resize; nothing is kept."""

import hashlib
import io
import multiprocessing
import sys
import time
from multiprocessing.pool import Pool
from pathlib import Path

from PIL import Image

PROCESSES = 2
CHUNK = 32  # files that a process gets at a time, at most


def main(folder: str, side: int) -> float:
    """Return the seconds for all files of a folder, without the start of the processes."""
    files = sorted(str(file) for file in Path(folder).rglob("*.jpg"))
    size = max(1, min(CHUNK, len(files) // (8 * PROCESSES)))
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        _decode_all(pool, files[: 2 * PROCESSES], side, 1)
        start = time.perf_counter()
        _decode_all(pool, files, side, size)
        return time.perf_counter() - start


def _decode_all(pool: Pool, files: list[str], side: int, size: int) -> None:
    pool.starmap(_decode, [(file, side) for file in files], size)


def _decode(file: str, side: int) -> None:
    content = Path(file).read_bytes()
    hashlib.sha256(content).digest()
    image = Image.open(io.BytesIO(content))
    image.draft("RGB", (side, side))
    image.convert("RGB").resize((side, side), Image.Resampling.BILINEAR)


if __name__ == "__main__":
    print(main(sys.argv[1], int(sys.argv[2])))

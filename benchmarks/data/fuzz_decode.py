"""Decode damaged image files: no exception but UnreadableError may leave, none may hang or crash.

    python -m benchmarks.data.fuzz_decode --files 10000 --seed 0       a few minutes on two cores
    python -m benchmarks.data.fuzz_decode --seed 0 --only 1234         one file again, in this process

The files are of every format that Pillow writes here, and HEIC: cut, with bits, numbers and blocks changed, with other
headers, joined; PNG with chunks of any length and a right CRC, TIFF with tags of wrong types, counts and offsets. The
same seed makes the same files. It ends with 1 where something failed, and leaves those files in --keep.
"""

import argparse
import os
import sys
import traceback
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.data.damaged_files import damaged_file
from benchmarks.data.watched_decoder import FAILURES, Decoding, WatchedDecoder

MOST_PIXELS = 20_000_000
VERDICTS = ("ok", "not_an_image", "truncated", "unreadable", "too_many_pixels", *FAILURES)


def main() -> None:
    """Decode the files, print what became of them."""
    arguments = parse_arguments()
    if arguments.only is not None:
        return decode_here(arguments)
    shares = [range(first, arguments.files, arguments.workers) for first in range(arguments.workers)]
    with ThreadPoolExecutor(arguments.workers) as pool:
        decodings = [one for share in pool.map(lambda share: decoded(share, arguments), shares) for one in share]
    print(report(decodings))
    failed = [one for one in decodings if one.verdict in FAILURES]
    for one in failed:
        arguments.keep.mkdir(parents=True, exist_ok=True)
        file = arguments.keep / f"seed{arguments.seed}_{one.number}"
        file.write_bytes(damaged_file(arguments.seed, one.number).content)
        print(f"{one.verdict}: {file} ({one.kind}, {one.damage}): {one.reason}")
    sys.exit(1 if failed else 0)


def parse_arguments() -> argparse.Namespace:
    """Return the command line's arguments."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, help="number of a single file, with the traceback of its error")
    parser.add_argument("--seconds", type=float, default=10.0, help="limit for each file")
    parser.add_argument("--max-pixels", type=int, default=MOST_PIXELS, help="more would take seconds, and are no hang")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep", type=Path, default=Path("outputs/fuzz_decode"), help="folder for what failed")
    return parser.parse_args()


def decoded(numbers: range, arguments: argparse.Namespace) -> list[Decoding]:
    """Return what became of the files of these numbers."""
    decoder = WatchedDecoder(arguments.seed, arguments.max_pixels, arguments.seconds)
    try:
        return [decoder.decode(number) for number in numbers]
    finally:
        decoder.close()


def report(decodings: list[Decoding]) -> str:
    """Return a table of verdicts by kind of file, the slowest file, the peak memory."""
    shown = [verdict for verdict in VERDICTS if any(one.verdict == verdict for one in decodings)]
    lines = [f"{'kind':17}" + "".join(f"{verdict:>17}" for verdict in shown)]
    for kind in sorted({one.kind for one in decodings}):
        counts = Counter(one.verdict for one in decodings if one.kind == kind)
        lines.append(f"{kind:17}" + "".join(f"{counts[verdict]:17}" for verdict in shown))
    total = Counter(one.verdict for one in decodings)
    lines.append(f"{'all':17}" + "".join(f"{total[verdict]:17}" for verdict in shown))
    slowest = max(decodings, key=lambda one: one.seconds)
    largest = max(decodings, key=lambda one: one.megabytes)
    lines.append(
        f"slowest: file {slowest.number} ({slowest.kind}, {slowest.damage}, {slowest.verdict}), {slowest.seconds:.2f} s"
    )
    lines.append(f"peak memory of a process: {largest.megabytes} MB, reached at file {_first_at(decodings, largest)}")
    return "\n".join(lines)


def _first_at(decodings: list[Decoding], largest: Decoding) -> str:
    first = min((one for one in decodings if one.megabytes == largest.megabytes), key=lambda one: one.number)
    return f"{first.number} ({first.kind}, {first.damage})"


def decode_here(arguments: argparse.Namespace) -> None:
    """Decode one file and print what became of it, with the traceback."""
    from io import BytesIO

    from pipeline.runtime.images.decode import open_upright
    from pipeline.runtime.images.image_format import open_image

    file = damaged_file(arguments.seed, arguments.only)
    print(f"{file.kind}, {file.damage}, {len(file.content)} bytes")
    try:
        image = open_upright(lambda: open_image(BytesIO(file.content)), arguments.max_pixels).image
        print(f"ok: {image.width}×{image.height}")
    except Exception:
        traceback.print_exc()


if __name__ == "__main__":
    main()

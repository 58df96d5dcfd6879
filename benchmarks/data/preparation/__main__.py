"""How long the images phase of preparing takes, beside a loop that only decodes, and how much memory.

It makes its own photos from those in a folder or an archive.

Example:
    python -m benchmarks.data.preparation photos.zip
"""

import argparse
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.data.preparation.photo_set import originals, write_photos
from benchmarks.data.preparation.watched_run import WatchedRun, run

ORIGINALS = 200
# Width, height, side of the network's images, files at most
CASES = ((32, 32, 32, 20_000), (640, 480, 224, 2_000), (4000, 3000, 224, 200))
GROWTH = (10_000, 100_000)  # files of 32×32 pixels
OURS, BARE = "benchmarks.data.preparation.images_phase", "benchmarks.data.preparation.bare_loop"


def main(path: str, rounds: int, part: float, growth: tuple[int, int]) -> str:
    """Return the figures as Markdown.

    Args:
        path: folder or archive of photos to make others from.
        rounds: of each case; ours and the loop take turns.
        part: of the files of each case.
        growth: numbers of files between which memory is compared.
    """
    photos = originals(path, ORIGINALS)
    lines = [
        "| photos | network | files | loop, files/s | ours / loop | lowest – highest | peak memory |",
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    with tempfile.TemporaryDirectory() as place:
        for width, height, side, most in CASES:
            count, folder = max(20, round(most * part)), Path(place, f"{width}")
            write_photos(folder, photos, count, (width, height))
            lines.append(f"| {width}×{height} | {side}×{side} | {count:,} | {_case(folder, side, count, rounds)} |")
        peaks = []
        for count in growth:
            write_photos(Path(place, str(count)), photos, count, (32, 32))
            peaks.append(run(OURS, str(Path(place, str(count))), "32").peak)
    table = "\n".join(lines)
    each = (peaks[1] - peaks[0]) / (growth[1] - growth[0])
    return (
        f"{table}\n\nFrom {growth[0]:,} to {growth[1]:,} files of 32×32 pixels, peak memory grows from "
        f"{peaks[0] / 2**20:,.0f} to {peaks[1] / 2**20:,.0f} MiB: {each / 2**10:.1f} KiB per file."
    )


def _case(folder: Path, side: int, count: int, rounds: int) -> str:
    arguments = str(folder), str(side)
    pairs: list[tuple[WatchedRun, WatchedRun]] = [(run(BARE, *arguments), run(OURS, *arguments)) for _ in range(rounds)]
    ratios = [ours.seconds / bare.seconds for bare, ours in pairs]
    rate = count / median(bare.seconds for bare, _ in pairs)
    peak = max(ours.peak for _, ours in pairs)
    return f"{rate:,.0f} | {median(ratios):.2f} | {min(ratios):.2f} – {max(ratios):.2f} | {peak / 2**20:,.0f} MiB"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", help="folder or archive of photos")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--part", type=float, default=1.0, help="of the files of each case")
    parser.add_argument("--growth", type=int, nargs=2, default=GROWTH, metavar=("FEW", "MANY"))
    arguments = parser.parse_args()
    print(main(arguments.path, arguments.rounds, arguments.part, tuple(arguments.growth)))

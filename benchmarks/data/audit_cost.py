"""The time of an audit beside decoding alone.

    python -m benchmarks.data.audit_cost PATH            a folder or an archive of images
    python -m benchmarks.data.audit_cost PATH --images 2000 --rounds 5

In turns, all images are decoded (as `prepare` decodes them, by as many threads), and decoded and measured. The search
for duplicates and the other findings follow once, on all images. All times are processor time.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from pipeline.config.schema.audit_schema import AuditConfig
from pipeline.data.audit.image_measures import measure_image
from pipeline.data.packing.work_folder import WorkFolder, read_measures
from pipeline.data.record import Record
from pipeline.data.sources.any_source import list_any
from pipeline.data.sources.listing import Listing
from pipeline.data.survey import Survey
from pipeline.runtime.images.decode import open_upright


def main(path: str, images: int | None, rounds: int) -> str:
    """Return the figures as Markdown."""
    listing = list_any(path)
    records = listing.records[:: max(1, len(listing.records) // images)] if images else listing.records
    config = AuditConfig()

    def decode(record: Record) -> None:
        open_upright(record.open)

    def measure(record: Record) -> None:
        measure_image(open_upright(record.open).image)

    pairs = [(_timed(decode, records), _timed(measure, records)) for _ in range(rounds)]
    ratios = [measured / decoded for decoded, measured in pairs]
    rate = len(records) / median(decoded for decoded, _ in pairs)
    with tempfile.TemporaryDirectory() as folder:
        survey = Survey(Listing(list(records), listing.classes), config, None)
        start = time.process_time()
        with WorkFolder(Path(folder), None) as work:
            survey.decode(work)
        decoding, start = time.process_time() - start, time.process_time()
        survey.audit(read_measures(Path(folder)))
        finding = time.process_time() - start
    spread = f"{min(ratios):.2f} – {max(ratios):.2f}"
    return (
        "| images | decoding, images/s | with measures / decoding | lowest – highest | share of the findings |\n"
        "| ---: | ---: | ---: | ---: | ---: |\n"
        f"| {len(records):,} | {rate:,.0f} | {median(ratios):.2f} | {spread} | {finding / (finding + decoding):.0%} |"
    )


def _timed(work: Callable[[Record], None], records: Sequence[Record]) -> float:
    start = time.process_time()
    with ThreadPoolExecutor() as pool:
        for _ in pool.map(work, records):
            pass
    return time.process_time() - start


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", metavar="PATH")
    parser.add_argument("--images", type=int, help="evenly from the list; all if omitted")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print(main(options.path, options.images, options.rounds))

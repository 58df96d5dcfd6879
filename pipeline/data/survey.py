"""Every image of a listing decoded once, or taken from an earlier preparation; its measures go to the audit."""

import tempfile
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.base.printable import encodable
from pipeline.base.progress_bar import ProgressBar
from pipeline.config.schema.audit_schema import AuditConfig
from pipeline.data.audit.image_audit import Audit, audit_images
from pipeline.data.decoded_image import whole_picture
from pipeline.data.packing.batch_completion import complete_batch
from pipeline.data.packing.equal_pictures import picture_numbers
from pipeline.data.packing.image_batch import ImageBatch
from pipeline.data.packing.known_images import KnownImages
from pipeline.data.packing.listing_decoder import decode_listing
from pipeline.data.packing.work_folder import WorkFolder, read_measures
from pipeline.data.sources.listing import Listing
from pipeline.data.sources.tables.further_columns import manifest_columns
from pipeline.runtime.images.preprocessing import Preprocessing


def audit_listing(listing: Listing, config: AuditConfig) -> Audit:
    """Decode the images of a listing and return the findings about them."""
    survey = Survey(listing, config, None)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with WorkFolder(folder, None) as work:
            survey.decode(work)
        return survey.audit(read_measures(folder))


class Survey:
    """Decodes the images of a listing and keeps what the audit needs to know of each.

    Args:
        listing: what the source holds.
        config: of the audit.
        preprocessing: of the pixels; None: they are not needed.

    Attributes:
        reused: images that an earlier preparation had decoded.
    """

    def __init__(self, listing: Listing, config: AuditConfig, preprocessing: Preprocessing | None) -> None:
        self.listing, self.config, self.preprocessing = listing, config, preprocessing
        self.reused = 0
        self._failures: dict[int, tuple[str, str]] = {}  # by index in the listing

    def decode(self, work: WorkFolder, known: KnownImages | None = None) -> None:
        """Append all images that can be decoded to `work`, in the listing's order.

        Args:
            work: where to.
            known: images that need no decoding.
        """
        count = len(self.listing.records)
        prefixes = known.write_prefixes(work.folder) if known else None
        batches = self._batches(0, count, prefixes)
        with closing(batches), ProgressBar("images", count, "images") as bar:
            for decoded in batches:
                batch, reused = complete_batch(decoded, known, self._single) if known else (decoded, 0)
                self.reused += reused
                self._failures.update({batch.start + place: why for place, why in batch.failures.items()})
                work.append(batch.measures, batch.pixels)
                bar.advance(len(batch.digests))

    def audit(self, measures: NDArray[np.void]) -> Audit:
        """Return the findings.

        Args:
            measures: MEASURES of the images that were decoded, in order.
        """
        return audit_images(self._manifest(measures), measures["thumbnail"], self.config)

    def _batches(self, start: int, stop: int, prefixes: Path | None) -> Generator[ImageBatch]:
        records = self.listing.records[start:stop]
        for batch in decode_listing(records, self.preprocessing, self.config.limits.pixels, prefixes):
            yield replace(batch, start=batch.start + start)

    def _single(self, index: int) -> ImageBatch:
        return next(self._batches(index, index + 1, None))

    def _manifest(self, measures: NDArray[np.void]) -> pd.DataFrame:
        """Return a row for each file, those of the listing's images first."""
        records, others = self.listing.records, self.listing.left_out
        decoded = np.ones(len(records), np.bool_)
        decoded[list(self._failures)] = False
        position = np.full(len(records) + len(others), -1)
        position[np.flatnonzero(decoded)] = np.arange(len(measures))
        reasons = [*(self._failures.get(index, ("ok", "")) for index in range(len(records)))]
        reasons += [(file.verdict, file.reason) for file in others]
        places = np.array([*(record.row for record in records), *([-1] * len(others))], np.int64)
        paths = [*(record.path for record in records), *(file.path for file in others)]
        none = [None] * len(others)
        return pd.DataFrame(
            {
                "path": [encodable(path) for path in paths],
                "label": [*(record.label for record in records), *none],
                "split": [*(record.split for record in records), *none],
                "group": [*(record.group for record in records), *none],
                "weight": [*(record.weight for record in records), *([1.0] * len(others))],
                "digest": _spread([digest.tobytes().hex() for digest in measures["digest"]], position, ""),
                "picture": _spread(picture_numbers(measures, self._whole_picture(decoded, measures)), position, -1),
                **{name: _spread(measures[name], position, 0) for name in ("width", "height")},
                **{name: _spread(measures[name], position, np.nan) for name in ("spread", "sharpness")},
                "verdict": [verdict for verdict, _ in reasons],
                "reason": [reason for _, reason in reasons],
                "position": position,
                **manifest_columns(self.listing.columns, places),
            }
        )

    def _whole_picture(self, decoded: NDArray[np.bool_], measures: NDArray[np.void]) -> Callable[[int], bytes | None]:
        """Return what decodes the image at a position whole, and returns its picture digest."""
        indices = np.flatnonzero(decoded)

        def whole(position: int) -> bytes | None:
            record, most = self.listing.records[indices[position]], self.config.limits.pixels
            width, height = int(measures["width"][position]), int(measures["height"][position])
            return whole_picture(record, width, height, most)

        return whole


def _spread(values: Sequence[Any] | NDArray[Any], position: NDArray[np.int64], other: Any) -> NDArray[Any]:
    """Return the value at each position, and `other` where that is -1."""
    every = np.empty(len(position), object if isinstance(values, list) else np.asarray(values).dtype)
    every[:] = other
    every[position >= 0] = values
    return every

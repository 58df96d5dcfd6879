"""Every image of a listing decoded once: its pixels for whoever packs them, its measures for the audit."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.base.printable import encodable
from pipeline.base.progress_bar import ProgressBar
from pipeline.config.schema.audit_schema import AuditConfig
from pipeline.data.audit.image_audit import Audit, audit_images
from pipeline.data.audit.similarity.thumbnail import SIDE
from pipeline.data.decoded_image import DecodedImage, decode_image
from pipeline.data.record import Record
from pipeline.data.sources.listing import LeftOut, Listing
from pipeline.runtime.images.preprocessing import Preprocessing

WINDOW = 256  # records decoded ahead
THUMBNAILS = "thumbnails.raw"
COLUMNS = [
    "path", "label", "split", "group", "weight", "digest", "width", "height", "spread", "sharpness", "verdict",
    "reason", "position",
]  # fmt: skip


class Survey:
    """Decodes the images of a listing and keeps what the audit needs to know of each.

    Args:
        listing: what the source holds.
        config: of the audit.
        preprocessing: of the pixels; None: they are not needed.
        folder: where thumbnails lie until the audit ends.
    """

    def __init__(
        self, listing: Listing, config: AuditConfig, preprocessing: Preprocessing | None, folder: Path
    ) -> None:
        self.listing, self.config, self.preprocessing = listing, config, preprocessing
        self._thumbnails = folder / THUMBNAILS
        self._rows: list[dict[str, Any]] = []
        self._decoded = 0

    def images(self) -> Iterator[DecodedImage]:
        """Yield each image in the listing's order; those that cannot be decoded too."""
        records = self.listing.records
        with ProgressBar("images", len(records), "images") as bar, self._thumbnails.open("wb") as thumbnails:
            for image in _decoded(records, self.preprocessing, self.config):
                bar.advance(1)
                self._rows.append(_image_row(image, self._decoded if image.measures else -1))
                if image.measures:
                    self._decoded += 1
                    thumbnails.write(image.measures.thumbnail.tobytes())
                yield image

    def audit(self) -> Audit:
        """Return the findings, once all images were decoded."""
        manifest = pd.DataFrame([*self._rows, *map(_file_row, self.listing.left_out)], columns=COLUMNS)
        self._rows.clear()
        shape = (self._decoded, SIDE, SIDE, 3)
        thumbnails = (
            np.memmap(self._thumbnails, np.uint8, "r", shape=shape) if self._decoded else np.empty(shape, np.uint8)
        )
        try:
            return audit_images(manifest, thumbnails, self.config)
        finally:
            self._thumbnails.unlink()


def _decoded(
    records: Sequence[Record], preprocessing: Preprocessing | None, config: AuditConfig
) -> Iterator[DecodedImage]:
    def decode(record: Record) -> DecodedImage:
        return decode_image(record, preprocessing, config.limits)

    with ThreadPoolExecutor() as pool:
        for start in range(0, len(records), WINDOW):
            yield from pool.map(decode, records[start : start + WINDOW])


def _image_row(image: DecodedImage, position: int) -> dict[str, Any]:
    record, measures = image.record, image.measures
    return {
        "path": encodable(record.path),
        "label": record.label,
        "split": record.split,
        "group": record.group,
        "weight": record.weight,
        "digest": image.digest,
        "width": image.width,
        "height": image.height,
        "spread": measures.spread if measures else float("nan"),
        "sharpness": measures.sharpness if measures else float("nan"),
        "verdict": image.verdict,
        "reason": image.reason,
        "position": position,
    }


def _file_row(file: LeftOut) -> dict[str, Any]:
    nothing = {"label": None, "split": None, "group": None, "weight": 1.0, "digest": "", "width": 0, "height": 0}
    measures = {"spread": float("nan"), "sharpness": float("nan"), "position": -1}
    return nothing | measures | {"path": encodable(file.path), "verdict": file.verdict, "reason": file.reason}

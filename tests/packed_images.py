"""Prepared data from records in memory, for tests of whatever reads them."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from pipeline.config.schema.data_schema import DataConfig
from pipeline.data.dataset import DatasetInfo
from pipeline.data.final_manifest import split_images
from pipeline.data.pack import pack_images
from pipeline.data.record import Record
from pipeline.data.sources.listing import Listing


def packed(records: Sequence[Record], config: DataConfig, folder: Path) -> tuple[DatasetInfo, pd.DataFrame]:
    """Decode, audit, pack and split records into `folder`; return the data set's facts and the manifest."""
    classes = sorted({record.label for record in records})
    audit = pack_images(Listing(list(records), classes), config, folder).audit
    return split_images(audit, classes, config, folder)

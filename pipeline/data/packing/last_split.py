"""The split of the last preparation with the same settings, kept to say which images moved."""

from contextlib import suppress
from pathlib import Path

import pandas as pd

from pipeline.base.digests import json_digest
from pipeline.base.files import atomic_file
from pipeline.config.schema.data_schema import DataConfig

OTHER_SETTINGS = {"height", "width", "channels", "resize", "mirror", "shift", "depends_on"}  # change no split
COLUMNS = ["digest", "split"]
KEPT = 40  # files, the last written


class LastSplit:
    """The split of each image, by digest.

    Args:
        store: folder of the decoded images.
        config: whose settings decide about the split.
    """

    def __init__(self, store: Path, config: DataConfig) -> None:
        self.folder = store / "splits"
        self.file = self.folder / f"{json_digest(config.model_dump(mode='json', exclude=OTHER_SETTINGS))}.parquet"

    def read(self) -> pd.DataFrame | None:
        """Return the columns digest and split; None if there was no such preparation."""
        try:
            return pd.read_parquet(self.file, columns=COLUMNS)
        except (OSError, ValueError):  # none, or damaged: nothing depends on it
            return None

    def write(self, manifest: pd.DataFrame) -> None:
        """Keep the split of the images in a manifest, instead of the one before."""
        with atomic_file(self.file) as file:
            manifest.loc[manifest["position"] >= 0, COLUMNS].to_parquet(file, index=False)
        with suppress(OSError):  # another process may do the same
            for old in sorted(self.folder.glob("[!.]*.parquet"), key=lambda one: one.stat().st_mtime)[:-KEPT]:
                old.unlink()

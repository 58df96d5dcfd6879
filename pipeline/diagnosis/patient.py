"""The project that is examined, as far as it can be read."""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipeline.base.errors import PipelineError
from pipeline.base.paths import main_root
from pipeline.config.params_file import read_params
from pipeline.config.schema.pipeline_schema import Config, TrackingConfig
from pipeline.tracking.local_store import ARTIFACTS, STORE
from pipeline.tracking.relocation import pending_relocation
from pipeline.tracking.store import own_store, tracking_uri


@dataclass(frozen=True)
class Patient:
    """A project.

    Attributes:
        root: its folder.
        fix: whether what is wrong may be mended; if not, nothing of the project is changed.
    """

    root: Path
    fix: bool = False

    @property
    def home(self) -> Path:
        """The folder with the store, checkpoints and searches."""
        return main_root(self.root)

    @property
    def artifacts(self) -> Path:
        """The folder of the files of runs and models."""
        return self.home / ARTIFACTS

    @cached_property
    def config(self) -> Config | None:
        """The settings of params.yaml; None where they cannot be read, which another check reports."""
        try:
            return read_params(self.root)
        except PipelineError:
            return None

    @property
    def tracking(self) -> TrackingConfig | None:
        """The settings of the store; None where they cannot be read."""
        return self.config.tracking if self.config else None

    @property
    def store(self) -> Path | None:
        """The SQLite file in the project's folder that is its store; None: it is elsewhere."""
        return own_store(self.tracking, self.root) if self.tracking else self.home / STORE

    @property
    def leaves_store(self) -> bool:
        """Whether the store must stay unopened: that would correct the places of a moved project's files."""
        store = self.store
        return not self.fix and store is not None and pending_relocation(store, self.artifacts) is not None

    @property
    def store_address(self) -> str:
        """The store's address, or an empty text where the settings cannot be read."""
        return tracking_uri(self.tracking, self.root) if self.tracking else ""


def folder_size(folder: Path, most: int = 200_000) -> tuple[int, bool]:
    """Return the bytes of all files in a folder, and whether there were more files than were counted.

    Args:
        folder: may be missing.
        most: files that are counted.
    """
    total = count = 0
    for place, _, names in os.walk(folder):
        for name in names:
            if count == most:
                return total, True
            count += 1
            try:
                total += os.lstat(os.path.join(place, name)).st_size  # noqa: PTH118 (ten times as fast)
            except OSError:
                continue
    return total, False

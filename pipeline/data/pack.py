"""A listing in, a folder of shards and an audit out."""

import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.base.errors import PipelineError
from pipeline.base.paths import IMAGE_STORE
from pipeline.config.schema.audit_schema import AuditConfig
from pipeline.config.schema.data_schema import DataConfig
from pipeline.data.audit.image_audit import Audit
from pipeline.data.packing.image_store import ImageStore, link_or_copy
from pipeline.data.packing.work_folder import WorkFolder, read_measures
from pipeline.data.sources.listing import Listing
from pipeline.data.survey import Survey
from pipeline.runtime.images.preprocessing import Preprocessing


@dataclass(frozen=True)
class PackedImages:
    """Images in shards, decoded but not split yet.

    Attributes:
        survey: how each image was decoded.
        measures: MEASURES of the decoded ones, in the order of the shards.
        kept: whether there was room to keep them for the next preparation.
    """

    survey: Survey
    measures: NDArray[np.void]
    kept: bool

    @cached_property
    def audit(self) -> Audit:
        """The findings, looked for when they are first asked for; the manifest has positions in the shards."""
        return self.survey.audit(self.measures)


def pack_images(listing: Listing, config: DataConfig, folder: Path, store: Path | None = None) -> PackedImages:
    """Decode and resize the images of a listing into shards in `folder`.

    What cannot be decoded takes no place in the shards. An image that the audit drops keeps its place, unused.

    Args:
        listing: what the source holds.
        config: size, channels, way of resizing, audit.
        folder: an empty folder.
        store: where decoded images are kept for the next preparation; None: nowhere.

    Raises:
        PipelineError: fewer than two classes.
    """
    if len(listing.classes) < 2:
        only = f"only the class {listing.classes[0]!r}" if listing.classes else "no class"
        raise PipelineError(f"data.source={config.source} has {only}; a classifier needs at least two")
    preprocessing = preprocessing_of(config)
    survey = Survey(listing, _audit_of(config), preprocessing)
    images = ImageStore(store or folder / IMAGE_STORE, preprocessing, config.audit.limits.pixels)
    with images.preparation() as preparation:
        with WorkFolder(preparation.folder, preprocessing.shape) as work:
            survey.decode(work, preparation.known)
        link_or_copy(sorted(preparation.folder.glob("images-*.npy")), folder)
        measures = read_measures(preparation.folder)  # mapped: they stay when the folder is removed
    if store is None:
        shutil.rmtree(folder / IMAGE_STORE)
    return PackedImages(survey, measures, images.kept)


def preprocessing_of(config: DataConfig) -> Preprocessing:
    """Return the size, the channels and the way of resizing of prepared images."""
    return Preprocessing(config.height, config.width, config.channels, config.resize)


def _audit_of(config: DataConfig) -> AuditConfig:
    """Return the audit's settings; a class that is small because data.max_per_class says so is no finding."""
    limits = config.audit.limits
    fewest = min(limits.class_images, config.max_per_class or limits.class_images)
    return config.audit.model_copy(update={"limits": limits.model_copy(update={"class_images": fewest})})

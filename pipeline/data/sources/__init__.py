"""Where images come from: each module lists the images of one kind of source."""

from pathlib import Path

from pipeline.config.schema.data_schema import DataConfig
from pipeline.data.record import Record


def list_records(config: DataConfig, root: Path) -> list[Record]:
    """List the images of the configured source, in an order that does not depend on the machine.

    Args:
        config: which source; a relative `path` is taken from `root`.
        root: the project's folder.

    Raises:
        PipelineError: the source is missing, empty or malformed.
    """
    if config.source == "digits":
        from pipeline.data.sources import digits

        return digits.digit_records()
    if config.source == "folder":
        from pipeline.data.sources import folder

        return folder.folder_records(root / (config.path or ""))
    from pipeline.data.sources import keras_sets

    return keras_sets.keras_records(config.source)

"""Where images come from: each module turns one kind of source into records."""

from pathlib import Path

from pipeline.config.schema import DataConfig
from pipeline.data.record import Record


def records(config: DataConfig, root: Path) -> list[Record]:
    """List the images of the configured source, in an order that does not depend on the machine.

    Args:
        config: which source; a relative `path` is taken from `root`.
        root: the project's folder.

    Raises:
        PipelineError: the source is missing, empty or malformed.
    """
    if config.source == "digits":
        from pipeline.data.sources import digits

        return digits.records()
    if config.source == "folder":
        from pipeline.data.sources import folder

        return folder.records(root / (config.path or ""))
    from pipeline.data.sources import keras_sets

    return keras_sets.records(config.source)

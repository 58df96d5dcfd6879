"""Where images come from: each module lists the images of one kind of source."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.config.schema.data_schema import DataConfig
    from pipeline.data.sources.choice import Choice
    from pipeline.data.sources.listing import Listing
    from pipeline.data.sources.trees.file_tree import FileTree


def list_source(config: "DataConfig", root: Path) -> "Listing":
    """List the files of the configured source, in an order that does not depend on the machine.

    Args:
        config: which source, and what of it; a relative `path` is taken from `root`.
        root: the project's folder.

    Raises:
        PipelineError: the source is missing, empty or malformed.
    """
    from pipeline.data.sources.choice import Choice, choose
    from pipeline.data.sources.image_groups import with_pattern_groups

    choice = Choice(config.classes, config.max_per_class)
    if config.source in ("folder", "table"):
        listing = _list_files(config, root, choice)
        return listing if config.group_pattern is None else with_pattern_groups(listing, config.group_pattern)
    if config.source == "digits":
        from pipeline.data.sources.digits import digit_records

        return choose("data.source=digits", digit_records(), [], choice)
    from pipeline.data.sources.keras_sets import keras_records

    return choose(f"data.source={config.source}", keras_records(config.source), [], choice)


def _list_files(config: "DataConfig", root: Path, choice: "Choice") -> "Listing":
    if config.source == "folder":
        from pipeline.data.sources.folder import list_tree

        subfolders = config.groups == "subfolder"
        return list_tree(_tree(config, root), config.layout, choice=choice, subfolders=subfolders)
    from pipeline.data.sources.table import list_table

    return list_table(_tree(config, root), config.table, choice)


def _tree(config: "DataConfig", root: Path) -> "FileTree":
    from pipeline.base.errors import PipelineError
    from pipeline.base.printable import printable
    from pipeline.data.sources.trees.open_tree import open_tree

    tree = open_tree(config.path or "", root)
    watched = root / (config.depends_on or "")
    if tree.linked and watched.is_dir() and (root / (config.path or "")).resolve().is_relative_to(watched.resolve()):
        raise PipelineError(
            f"data.path={printable(tree.name)} has links to folders elsewhere ({printable(tree.linked[0])}), whose "
            f"changes DVC does not see; set data.path to the real folder, or bind-mount or copy it there, or set "
            f"data.depends_on to a file that changes whenever the photos do"
        )
    return tree

"""The images of any folder, archive or table, outside of a project."""

from pathlib import Path

from pipeline.config.schema.data_schema import TableConfig
from pipeline.data.sources.folder import list_tree
from pipeline.data.sources.listing import Listing
from pipeline.data.sources.table import list_table
from pipeline.data.sources.trees.open_tree import open_tree


def list_any(path: str, layout: str = "auto", table: str | None = None) -> Listing:
    """List the images of a folder or an archive, those of a folder without class folders too.

    Args:
        path: of a folder, a .zip or .tar archive, or the address of one.
        layout: `auto`: splits and classes by the folders' names; `classes`: the top folders are classes.
        table: below path, with the columns path and label; None: the folders tell the classes.

    Raises:
        PipelineError: nothing is there, or the folders do not tell the classes.
    """
    tree = open_tree(path, Path.cwd())
    return list_table(tree, TableConfig(file=table)) if table else list_tree(tree, layout, flat=True)

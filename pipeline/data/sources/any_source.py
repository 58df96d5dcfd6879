"""The images of any folder, archive or table, outside of a project."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from pipeline.base.errors import PipelineError
from pipeline.base.printable import printable
from pipeline.config.schema.data_schema import TableConfig
from pipeline.data.sources.choice import Choice
from pipeline.data.sources.folder import list_tree
from pipeline.data.sources.listing import Listing
from pipeline.data.sources.table import list_table
from pipeline.data.sources.trees.open_tree import open_tree


def list_any(
    path: str, layout: str = "auto", table: TableConfig | None = None, without: Iterable[Path] = ()
) -> Listing:
    """List the images of a folder or an archive, whether or not one can train on them.

    Args:
        path: of a folder, a .zip or .tar archive, or the address of one.
        layout: `auto`: splits and classes by the folders' names; `classes`: the top folders are classes.
        table: which table below path names the classes; None: the folders do.
        without: files that do not count, such as a page in the folder that an earlier audit has written.

    Raises:
        PipelineError: nothing is there, or the folders do not tell the classes.
    """
    tree = open_tree(path, Path.cwd())
    ignored = {place.absolute() for place in without}
    tree = replace(tree, files=tuple(file for file in tree.files if Path(tree.name, file.path) not in ignored))
    if not tree.files:
        raise PipelineError(f"there are no files in {printable(path)}")
    choice = Choice(lenient=True)
    return list_table(tree, table, choice) if table else list_tree(tree, layout, choice)

"""Images that a table lists, with their classes."""

import posixpath
from dataclasses import replace

from pipeline.base.errors import PipelineError, did_you_mean, nearest
from pipeline.base.printable import encodable, printable
from pipeline.config.schema.data_schema import TableConfig
from pipeline.data.record import Record, Split
from pipeline.data.sources.choice import Choice, choose, chosen_classes
from pipeline.data.sources.folder import problem_of
from pipeline.data.sources.folder_layout import place
from pipeline.data.sources.listing import LeftOut, Listing
from pipeline.data.sources.tables.table_paths import PathLookup
from pipeline.data.sources.tables.table_rows import TableRow, table_rows
from pipeline.data.sources.trees.file_tree import FileTree, TreeFile


def list_table(tree: FileTree, config: TableConfig, choice: Choice | None = None) -> Listing:
    """List the images of a table in a folder or an archive, in natural order of their paths.

    A row whose file is not there, and a file that no row names, are left out. An image that is there under two labels,
    or in two splits, has a record for each. What else the table says about images goes to the listing.

    Args:
        tree: the files, the table among them.
        config: which file the table is, and its columns.
        choice: classes and number of images to use; None: all.

    Raises:
        PipelineError: there is no such table or column; a row without a path or a label, with a path outside the tree,
            an unknown split or a bad weight; a class without images, or none to train on.
    """
    file, choice = _table_file(tree, config.file or ""), choice or Choice()
    name = place(tree, file.path)
    try:
        rows, columns = table_rows(file.read(), name, config)
    except OSError as error:
        raise PipelineError(f"{name} cannot be read ({error})") from None
    listed = _Rows(tree, file)
    for number, row in enumerate(rows):
        listed.add(row, number)
    listed.check_classes(name, choice)
    order = {path: number for number, path in enumerate(listed.lookup.files)}  # natural, as that of the tree
    records = sorted(listed.records.values(), key=lambda one: (order[one.path], one.label, one.split or ""))
    return replace(choose(name, records, [*listed.left_out.values(), *listed.unnamed()], choice), columns=columns)


class _Rows:
    """The rows of a table, sorted into records and what is left out.

    Args:
        tree: the files.
        table: the table.

    Attributes:
        records: by path, label and split, so that a row that is there twice counts once.
        left_out: by path.
        labels: every label, with the first reason why one of its images is left out.
    """

    def __init__(self, tree: FileTree, table: TreeFile) -> None:
        self.tree, self.table = tree, table
        self.lookup = PathLookup(tree, posixpath.dirname(table.path))
        self.records: dict[tuple[str, str, Split | None], Record] = {}
        self.left_out: dict[str, LeftOut] = {}
        self.labels: dict[str, str] = {}
        self.named = {table.path}

    def add(self, row: TableRow, number: int) -> None:
        path = self.lookup.path(row.path)
        if path is None:
            raise PipelineError(
                f"{row.where}: the path {row.path!r} is not below data.path={printable(self.tree.name)}; write paths "
                f"relative to the table's folder, or set data.path to a folder that holds all images"
            )
        file = self.lookup.files.get(path)
        problem = problem_of(file) if file else LeftOut(encodable(path), "not_a_file", "not there, or hidden")
        self.named.add(path)
        if problem:
            self.left_out.setdefault(path, problem)
            self.labels[row.label] = self.labels.get(row.label) or f"{row.where}: {row.path!r} is {problem.reason}"
        elif file:
            self.labels.setdefault(row.label, "")
            record = Record(path, row.label, row.split, file, row.group, row.weight, number)
            before = self.records.setdefault((path, row.label, row.split), record)
            if (before.group, before.weight) != (row.group, row.weight):
                raise PipelineError(f"{row.where}: {row.path!r} was listed before, with another group or weight")

    def check_classes(self, name: str, choice: Choice) -> None:
        """Refuse a chosen class of which no file can be read."""
        filled = {record.label for record in self.records.values()}
        for label in chosen_classes(name, self.labels, choice):
            if label not in filled and not choice.lenient:
                raise PipelineError(f"class {label!r} has no file that can be read ({self.labels[label]})")

    def unnamed(self) -> list[LeftOut]:
        """Return the files that no row names."""
        reason = f"in no row of {printable(self.table.path)}"
        files = [file for file in self.tree.files if file.path not in self.named]
        return [problem_of(file) or LeftOut(file.path, "outside_classes", reason) for file in files]


def _table_file(tree: FileTree, name: str) -> TreeFile:
    lookup = PathLookup(tree, "")
    file = lookup.files.get(lookup.path(name) or "")
    if file is None:
        same = next((path for path in lookup.files if posixpath.basename(path) == posixpath.basename(name)), None)
        guess = did_you_mean(same or nearest(name, [path for path in lookup.files if "/" not in path]))
        raise PipelineError(f"data.table.file={name} is not in {place(tree)}{guess}; it must be below data.path")
    return file

"""Images in folders named for their classes, optionally inside folders named for splits."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.base.errors import PipelineError
from pipeline.base.printable import encodable
from pipeline.data.record import Record
from pipeline.data.sources.choice import Choice, choose, chosen_classes
from pipeline.data.sources.folder_layout import ClassFolder, class_folders, place
from pipeline.data.sources.image_groups import subfolder_group
from pipeline.data.sources.listing import LeftOut, Listing
from pipeline.data.sources.trees.file_tree import FileTree, TreeFile

OUTSIDE = "beside the class folders"


def list_tree(
    tree: FileTree, layout: str = "auto", choice: Choice | None = None, *, subfolders: bool = False
) -> Listing:
    """List the images of a folder or an archive; any file in a class folder may be one.

    Args:
        tree: its files.
        layout: `auto`: folders named train, val, test and the like are splits; `classes`: the folders are classes.
        choice: classes and number of images to use; None: all. A lenient one accepts a tree without any folders too;
            its images have the label ''.
        subfolders: the images of a folder below a class folder are a group, named for it in whatever class and split.

    Raises:
        PipelineError: the folders do not tell the classes; a class without files, or none to train on; a chosen class
            is not there.
    """
    choice = choice or Choice()
    if choice.lenient and not tree.folders:
        files = [(file, ClassFolder("", "", None)) for file in tree.files]
        return choose(place(tree), *_sorted_out(files), choice)
    folders = {folder.path: folder for folder in class_folders(tree, layout)}
    records, left_out = _sorted_out([(file, _folder_of(file.path, folders)) for file in tree.files])
    if subfolders:
        records = [replace(one, group=_group(one.path, folders)) for one in records]
    if not choice.lenient:
        _check_classes(tree, list(folders.values()), records, choice)
    return choose(place(tree), records, left_out, choice)


def tree_record(file: TreeFile, folder: ClassFolder) -> Record:
    """Return the record of a file of a class folder."""
    return Record(file.path, folder.label, folder.split, file)


def problem_of(file: TreeFile) -> LeftOut | None:
    """Return why a file is left out wherever it is; None if it is not."""
    if file.problem:
        return LeftOut(encodable(file.path), file.verdict, file.problem)
    if (name := encodable(file.path)) != file.path:
        return LeftOut(name, "unreadable", "its name is not valid UTF-8")
    return None


def _group(path: str, folders: dict[str, ClassFolder]) -> str | None:
    folder = _folder_of(path, folders)
    return subfolder_group(path, folder.path) if folder else None


def _folder_of(path: str, folders: dict[str, ClassFolder]) -> ClassFolder | None:
    depth = next(iter(folders)).count("/") + 1  # the same for all
    parts = path.split("/")
    return folders.get("/".join(parts[:depth])) if len(parts) > depth else None


def _sorted_out(files: Sequence[tuple[TreeFile, ClassFolder | None]]) -> tuple[list[Record], list[LeftOut]]:
    records, left_out = [], []
    for file, folder in files:
        if problem := problem_of(file):
            left_out.append(problem)
        elif folder is None:
            left_out.append(LeftOut(file.path, "outside_classes", OUTSIDE))
        else:
            records.append(tree_record(file, folder))
    return records, left_out


def _check_classes(tree: FileTree, folders: list[ClassFolder], records: list[Record], choice: Choice) -> None:
    chosen = set(chosen_classes(place(tree), {folder.label for folder in folders}, choice))
    filled = {(record.label, record.split) for record in records}
    for folder in folders:
        if encodable(folder.label) != folder.label:
            raise PipelineError(
                f"the name of the class folder {place(tree, folder.path)} is not valid UTF-8; rename it"
            )
        if folder.label in chosen and (folder.label, folder.split) not in filled:
            raise PipelineError(
                f"class folder {place(tree, folder.path)} holds no files that can be read; fill it or remove it"
            )

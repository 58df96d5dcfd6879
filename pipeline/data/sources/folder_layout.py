"""Which folders are classes, and which are splits above them."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.base.errors import PipelineError
from pipeline.base.printable import printable
from pipeline.data.record import Split
from pipeline.data.sources.split_names import named_splits
from pipeline.data.sources.trees.file_tree import FileTree

IF_CLASSES = "if they are classes, set data.layout=classes"
SHOWN = 5  # names in a message

Below = Mapping[str, Sequence[str]]  # names of the folders in each folder


@dataclass(frozen=True)
class ClassFolder:
    """A folder of images of one class, in one split.

    Attributes:
        path: relative to its tree.
        label: class name.
        split: of the folder that it is in, if that is a split.
    """

    path: str
    label: str
    split: Split | None


def class_folders(tree: FileTree, layout: str = "auto") -> list[ClassFolder]:
    """Return the class folders of a tree, all at the same depth.

    A single folder around everything else is entered. Folders named train, val, test and the like hold the classes.

    Args:
        tree: what was listed.
        layout: `auto`, or `classes`: no folder is a split.

    Raises:
        PipelineError: there are no class folders; splits have others beside them; folders look like splits, but their
            names say nothing.
    """
    below = _below(tree)
    base = _entered(below, layout)
    splits = _splits(tree, base, below) if layout == "auto" else {}
    parents: dict[str, Split | None] = {_join(base, name): split for name, split in splits.items()} or {base: None}
    found = []
    for parent, split in parents.items():
        if parent not in below:
            raise PipelineError(
                f"{place(tree, parent)} has no class subfolders; put each class's images in a folder named for it"
                + (f" (the folders beside it are splits; {IF_CLASSES})" if splits else "")
            )
        found += [ClassFolder(_join(parent, name), name, split) for name in below[parent]]
    return found


def place(tree: FileTree, path: str = "") -> str:
    """Return where something in a tree is, for a message."""
    return printable(f"{tree.name.rstrip('/')}/{path}" if path else tree.name)


def names_text(names: Sequence[str]) -> str:
    """Return the first of `names`, for a message."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(map(printable, names[:SHOWN])) + more


def _below(tree: FileTree) -> Below:
    below: dict[str, list[str]] = defaultdict(list)
    for folder in tree.folders:
        parent, _, name = folder.rpartition("/")
        below[parent].append(name)
    return dict(below)


def _entered(below: Below, layout: str) -> str:
    """Return the innermost folder that has all folders in it, down to classes or splits."""
    base = ""
    while len(names := below.get(base, ())) == 1 and (inner := _join(base, names[0])) in below:
        if layout == "auto" and named_splits(names) and not _all_splits(inner, below):
            break
        base = inner
    return base


def _all_splits(base: str, below: Below) -> dict[str, Split]:
    """Return the split of each folder in `base`, if all are splits."""
    names = below.get(base, ())
    exact = named_splits(names)
    if len(exact) == len(names):
        return exact
    decorated = named_splits(names, decorated=True)
    complete = len(decorated) == len(names) and all(_join(base, name) in below for name in names)
    return decorated if complete else {}


def _splits(tree: FileTree, base: str, below: Below) -> dict[str, Split]:
    if found := _all_splits(base, below):
        return found
    names = below.get(base, ())
    exact = named_splits(names)
    if len(set(exact.values())) > 1 or any(len(below.get(_join(base, name), ())) > 1 for name in exact):
        others = [name for name in names if name not in exact]
        raise PipelineError(
            f"{place(tree, base)} has folders for splits ({names_text(list(exact))}) and others beside them "
            f"({names_text(others)}); move those away, or the classes into one folder; {IF_CLASSES}"
        )
    _refuse_same_folders(tree, base, below)
    return {}


def _refuse_same_folders(tree: FileTree, base: str, below: Below) -> None:
    """Refuse folders of which two hold folders of the same names: they may be splits."""
    first: dict[str, str] = {}
    last: dict[str, str] = {}  # comparing with the first and the last folder that has a name takes linear time
    for name in below.get(base, ()):
        inside = below.get(_join(base, name), ())
        shared = Counter(other for sub in inside if sub in first for other in {first[sub], last[sub]})
        if shared and (most := shared.most_common(1)[0])[1] > 1:
            same = [sub for sub in inside if most[0] in (first.get(sub), last.get(sub))]
            raise PipelineError(
                f"{place(tree, base)} has the folders {printable(most[0])} and {printable(name)} that hold folders of "
                f"the same names ({names_text(same)}): are these splits? Then rename those above the classes to "
                f"train, val and test; {IF_CLASSES}"
            )
        for sub in inside:
            first.setdefault(sub, name)
            last[sub] = name


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name

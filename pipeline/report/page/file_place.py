"""Where a file lies, as pages show it."""

from pipeline.base.printable import printable


def file_place(path: str) -> tuple[str, str]:
    """Return a path's folder, with its last slash, and its file name, both safe to show.

    Args:
        path: any text.
    """
    folder, slash, name = printable(path).rpartition("/")
    return folder + slash, name

"""Files that operating systems leave among photos, and that nobody means."""

import unicodedata

LITTER = {
    "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "__macosx", "$recycle.bin", "system volume information",
    "@eadir", "lost+found",
}  # fmt: skip


def is_litter(name: str) -> bool:
    """Return whether a file or folder of this name is hidden, or litter of an operating system or an editor.

    Args:
        name: the last part of a path.
    """
    return name.startswith(".") or name.endswith("~") or unicodedata.normalize("NFC", name).lower() in LITTER

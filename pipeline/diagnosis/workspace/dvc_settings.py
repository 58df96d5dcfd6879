"""DVC's settings of the project, read without DVC, whose import takes seconds."""

import configparser
import os
from pathlib import Path

FILES = ("config", "config.local")  # later ones win


def dvc_settings(root: Path) -> dict[str, str]:
    """Return settings by name, such as `core.remote` or `remote.NAME.url`.

    A relative path in `cache.dir` or of a remote is relative to .dvc/.

    Args:
        root: the project's folder.

    Raises:
        configparser.Error: a file is no such file.
    """
    found: dict[str, str] = {}
    for name in FILES:
        parser = configparser.ConfigParser(interpolation=None, strict=False)
        parser.read(root / ".dvc" / name, encoding="utf-8")
        for section in parser.sections():
            words = section.strip("'\"").split('"')
            title = f"{words[0].strip()}.{words[1]}" if len(words) > 1 else words[0]
            found |= {f"{title}.{key}": value.strip("'\"") for key, value in parser[section].items()}
    return found


def cache_folder(root: Path) -> Path:
    """Return DVC's cache; the usual one where the settings cannot be read.

    Args:
        root: the project's folder.
    """
    try:
        place = dvc_settings(root).get("cache.dir", "cache")
    except configparser.Error:
        place = "cache"
    return Path(os.path.normpath(root / ".dvc" / Path(place).expanduser()))

"""The commands by which somebody trains a version again, one by one."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline.base.git.git_command import GitError, git

NAMED_SET = "digits"


def rebuild_guide(
    title: tuple[str, int], commit: str | None, overrides: Sequence[str], data: Mapping[str, str], root: Path
) -> list[tuple[str, str]]:
    """Return (command, what it does) in their order.

    Args:
        title: name and number of the version.
        commit: None if unknown.
        overrides: what was set besides conf/.
        data: name, path and digest of the data, by label.
        root: the project's folder.
    """
    name, number = title
    one_command = f"python -m pipeline.models rebuild {shlex.quote(f'{name}/{number}')}"
    commands = [(one_command, "all of the following, in a clean clone, and compares the weights")]
    if commit is None:
        return []
    commands += [
        (f"git clone {shlex.quote(_address(root))} rebuilt && cd rebuilt", "the code"),
        (f"git checkout --detach {commit}", "as it was"),
        ("pip install -r requirements.txt", "the same libraries"),
        (" ".join(["python -m pipeline.params", *map(shlex.quote, overrides)]), "the same settings"),
    ]
    if "path" in data:
        commands.append((f"ls {shlex.quote(data['path'])}", "the photos must be there as they were"))
    commands.append(("dvc repro train", "prepares the images and trains; outputs/train/run.json has the model's digest"))
    return commands


def _address(root: Path) -> str:
    """Return where the project's repository was cloned from, or its folder; an address without a password."""
    try:
        address = git(root, "remote", "get-url", "origin")
    except GitError:
        return "."
    scheme, slashes, rest = address.partition("://")
    if not slashes:
        return address
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"

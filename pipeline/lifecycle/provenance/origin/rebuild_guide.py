"""The commands by which somebody trains a version again, one by one."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

import mlflow

from pipeline.base.git.git_command import GitError, git
from pipeline.base.printable import public_address

WITHOUT_EFFECT = ("tracking.", "tracking=", "gate.", "gate=", "evaluation.", "evaluation=")  # on a training


def rebuild_guide(
    title: tuple[str, int],
    commit: str | None,
    overrides: Sequence[str],
    data: Mapping[str, str],
    parents: Mapping[str, str],
    root: Path,
) -> list[tuple[str, str]]:
    """Return (command, what it does) in their order.

    Args:
        title: name and number of the version.
        commit: None if unknown.
        overrides: what was set besides conf/.
        data: name, path and digest of the data, by label.
        parents: `models:/NAME/NUMBER` of each registered network that it was made from, by what the settings call it.
        root: the project's folder.
    """
    if commit is None:
        return []
    name, number = title
    settings = [one for one in overrides if not one.startswith(WITHOUT_EFFECT)]
    for source, version in parents.items():  # an alias may point to another version today
        settings = [one.replace(source, version) if one.startswith("model.") else one for one in settings]
    one_command = f"python -m pipeline.models rebuild {shlex.quote(f'{name}/{number}')}"
    commands = [
        (one_command, "all of the following, in a clean clone, and compares the weights"),
        (f"git clone {shlex.quote(_address(root, commit))} ../rebuilt && cd ../rebuilt", "the code"),
        (f"git checkout --detach {commit}", "as it was"),
        ("pip install -r requirements.txt", "the same libraries"),
        (" ".join(["python -m pipeline.params", *map(shlex.quote, settings)]), "the same settings"),
    ]
    if "path" in data:
        commands.append((f"ls {shlex.quote(data['path'])}", "the photos must be there as they were"))
    if parents:
        uri = shlex.quote(str(mlflow.get_tracking_uri()))
        commands.append((f"export MLFLOW_TRACKING_URI={uri}", "the store with the networks that it starts from"))
    commands.append(("dvc repro train", "prepares and trains; outputs/train/run.json has the model's SHA-256"))
    return commands


def _address(root: Path, commit: str) -> str:
    """Return where the commit can be cloned from: the address of `origin`, without a password, if it is there too."""
    try:
        pushed = git(root, "branch", "--remotes", "--contains", commit)
        address = git(root, "remote", "get-url", "origin")
    except GitError:
        return "."
    if "origin/" not in pushed:
        return "."
    return public_address(address)

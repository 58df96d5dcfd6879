"""How a reader makes the same model again."""

import shlex

from pipeline.base.printable import printable
from pipeline.report.evaluation.evaluation_content import ModelLineage

NO_COMMIT = "none"


def rebuild_commands(lineage: ModelLineage) -> list[tuple[str, str]]:
    """Return (command, what it does), in their order; commands are safe to show.

    A page may be sent to others: of absolute paths it shows the last part only.

    Args:
        lineage: of the model.
    """
    commands = []
    if lineage.commit != NO_COMMIT:
        commands.append((f"git checkout {lineage.commit}", "the code and the settings in conf/"))
    commands.append(("pip install -r requirements.txt", "the same libraries"))
    if lineage.overrides:
        settings = " ".join(f"-S {shlex.quote(_without_folders(one))}" for one in lineage.overrides)
        commands.append((f"dvc exp run {settings}", "what was set besides conf/; runs all stages"))
    else:
        commands.append(("python -m pipeline.params", "params.yaml from conf/"))
        commands.append(("dvc repro", "runs all stages, or takes their results from DVC's cache"))
    return [(printable(command), meaning) for command, meaning in commands]


def _without_folders(override: str) -> str:
    """Return an override with `/path/to/` in place of the folders of an absolute path."""
    key, equals, value = override.partition("=")
    path = value.strip("'\"")
    if not path.startswith(("/", "~")):
        return override
    return f"{key}{equals}{value.replace(path, '/path/to/' + path.rstrip('/').rpartition('/')[2])}"


def lineage_notes(lineage: ModelLineage) -> list[str]:
    """Return what stands in the way of making exactly the same model again, a sentence each."""
    notes = []
    if lineage.commit == NO_COMMIT:
        notes.append("The project was not a git repository, so that the code's state is not recorded.")
    elif lineage.dirty:
        notes.append("Code or conf/ had changes that are not in this commit: the model can differ.")
    elif lineage.dirty is None:
        notes.append("It is not known whether code or conf/ had changes that are not in this commit.")
    return notes

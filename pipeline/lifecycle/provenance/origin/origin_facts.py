"""What a recorded run says about data, search, environment and figures, by label."""

from collections.abc import Mapping
from pathlib import Path

from pipeline.base.digests import SHORT, text_digest
from pipeline.base.git.git_command import GitError, git
from pipeline.base.paths import CONF
from pipeline.lifecycle.provenance.origin.recorded_run import RecordedRun
from pipeline.tracking.environment_tags import LIBRARIES, PREFIX
from pipeline.tracking.lineage import TUNED_BY, search_tags
from pipeline.tracking.runs.test_use import TEST_DIGEST

REQUIREMENTS = "requirements.txt"
TEST = "test."  # prefix of a version's tags with figures
FIRST = ("images", "accuracy")  # of the figures; the others follow in order of their names


def data_facts(recorded: RecordedRun) -> dict[str, str]:
    """Return name, path, digests of the data that are known."""
    settings = recorded.params.get("data") or {}
    facts = {
        "name": settings.get("name") or recorded.run.data.params.get("data.name"),
        "path": settings.get("path"),
        "digest": recorded.model.get("data_digest") or recorded.tag("data.digest"),
    }
    return {label: str(value) for label, value in facts.items() if value}


def search_facts(recorded: RecordedRun, root: Path, commit: str | None) -> dict[str, str]:
    """Return key, MLflow run and trial of the search that recommended the settings; empty if none did.

    Runs of earlier versions of this project have no tags about it: then the commit's file in conf/ tells.
    """
    tags = {key: value for key, value in recorded.run.data.tags.items() if key.startswith(TUNED_BY)}
    for group in ("recipe", "model"):
        name = str((recorded.params.get(group) or {}).get("name", ""))
        if not tags and commit and name.startswith("tuned"):
            tags = search_tags(file_in_commit(root, commit, f"{CONF}/{group}/{name}.yaml") or "")
    return {key.removeprefix(TUNED_BY): value for key, value in tags.items()}


def environment_facts(recorded: RecordedRun, root: Path, commit: str | None) -> dict[str, str]:
    """Return Python, libraries, processor, precision, and the digest of the commit's requirements.txt."""
    pinned = dict(one.split("==", 1) for one in recorded.model.get("keras_requirements", []) if "==" in one)
    facts = {name: recorded.tag(f"{PREFIX}{name}") for name in ("python", *LIBRARIES, "cpu", "gpu", "precision")}
    facts |= {name: pinned[name] for name in pinned if not facts.get(name)}
    facts["python"] = facts["python"] or recorded.python
    if recorded.tag(f"{PREFIX}precision") and facts["gpu"] is None:
        facts["gpu"] = "none"
    text = file_in_commit(root, commit, REQUIREMENTS) if commit else None
    facts[REQUIREMENTS] = text_digest(text)[:SHORT] if text else None
    return {label: value for label, value in facts.items() if value}


def test_facts(recorded: RecordedRun) -> dict[str, str]:
    """Return the figures on the test images that the version's tags have, and the images' digest."""
    tags = recorded.version.tags
    figures = {key.removeprefix(TEST): str(value) for key, value in tags.items() if key.startswith(TEST)}
    ordered = [*(name for name in FIRST if name in figures), *sorted(figures.keys() - set(FIRST))]
    digest = recorded.tag(TEST_DIGEST)
    return {**{name: figures[name] for name in ordered if name != "digest"}, **({"digest": digest} if digest else {})}


def run_facts(recorded: RecordedRun, experiment: str) -> dict[str, str]:
    """Return experiment and name of the run, and what it was rebuilt from or adopted from."""
    info = recorded.run.info
    facts: Mapping[str, str | None] = {
        "experiment": experiment,
        "name": info.run_name,
        "rebuilt from": recorded.tag("rebuilt.from"),
        "DVC experiment": recorded.tag("dvc.experiment"),
        "trained on": recorded.tag("trained.device"),
    }
    return {label: value for label, value in facts.items() if value}


def file_in_commit(root: Path, commit: str, path: str) -> str | None:
    """Return the text of a file of the project in a commit; None if it, or the commit, is not there.

    Args:
        root: the project's folder.
        commit: of its repository.
        path: relative to the project's folder.
    """
    try:
        return git(root, "show", f"{commit}:{git(root, 'rev-parse', '--show-prefix')}{path}")
    except GitError:
        return None

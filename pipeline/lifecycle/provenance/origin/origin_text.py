"""The origin of a version as lines for the terminal."""

from collections.abc import Mapping, Sequence

from pipeline.lifecycle.provenance.origin.version_origin import ParentModel, VersionOrigin

UNKNOWN = "unknown"
FIGURES = 3  # of the test in the first line


def origin_lines(origin: VersionOrigin, uri: str) -> list[tuple[str, str]]:
    """Return labels and texts; a text that continues the one above has an empty label.

    Args:
        origin: of a version.
        uri: of the MLflow store.
    """
    aliases = f" ({', '.join(origin.aliases)})" if origin.aliases else ""
    digest = origin.test.get("digest", UNKNOWN)[:16]
    lines = [
        ("version", f"{origin.title}{aliases}, registered {origin.registered}"),
        ("model", f"SHA-256 {origin.model_digest or UNKNOWN}"),
        ("commit", _commit(origin)),
        ("settings", " ".join(origin.overrides) or ("as in conf/" if origin.commit else UNKNOWN)),
        ("data", _joined(origin.data)),
        ("run", f"{origin.run_id} in {uri}; {_joined(origin.run)}"),
        ("search", _joined(origin.search) if origin.search else "none"),
        *_parents(origin.parents, ""),
        ("test", f"{_joined(dict(list(origin.test.items())[:FIGURES]))}; images' digest {digest}"),
        ("trained with", _joined(origin.environment)),
    ]
    for number, (command, meaning) in enumerate(origin.commands):
        lines.append(("rebuild" if not number else "", f"{command}   # {meaning}"))
    return lines


def _commit(origin: VersionOrigin) -> str:
    if origin.commit is None:
        return "unknown: the project was in no git repository"
    state = {
        True: " with changes in code or conf/ that are in no commit",
        False: "",
        None: "; unknown whether code or conf/ had changes",
    }
    return origin.commit + state[origin.dirty]


def _parents(parents: Sequence[ParentModel], indent: str) -> list[tuple[str, str]]:
    """Return a line for each parent, and below it the lines of its parents."""
    if not parents and not indent:
        return [("parents", "none")]
    lines = []
    for parent in parents:
        what = parent.version or "a file that is not registered"
        commit = f", commit {parent.origin.commit or UNKNOWN}" if parent.origin else ""
        lines.append((f"{indent}{parent.role}", f"{what}, SHA-256 {parent.digest}…{commit}"))
        if parent.origin:
            lines += _parents(parent.origin.parents, f"{indent}  ")
    return lines


def _joined(facts: Mapping[str, str]) -> str:
    return ", ".join(f"{label} {value}" for label, value in facts.items()) or UNKNOWN

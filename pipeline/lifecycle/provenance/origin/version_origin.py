"""What a registered version was made from."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class ParentModel:
    """A trained network that a version starts from or averages with.

    Attributes:
        role: `init_from`, `ensemble.1`, …
        digest: first 16 hex digits of the SHA-256 of its `.keras` file.
        version: `name/version` if it is registered; None if it was named by its file.
        origin: what it was made from; None if that is not known.
    """

    role: str
    digest: str
    version: str | None
    origin: "VersionOrigin | None"


@dataclass(frozen=True)
class VersionOrigin:
    """Where a version comes from; None or an empty mapping: unknown.

    Attributes:
        name: registered name.
        number: of the version.
        aliases: that point to it.
        registered: when, in UTC, ISO 8601.
        model_digest: SHA-256 of its `.keras` file, in hex.
        commit: of the project's repository.
        dirty: whether code or conf/ had changes that are not in the commit.
        run_id: of its MLflow run.
        run: experiment, name, and where the run came from, by label.
        data: name, path, digests, by label.
        overrides: what was set besides conf/, in Hydra's grammar.
        search: that recommended the settings: its key, run and trial, by label; empty if none did.
        parents: networks that it was made from.
        test: figures on the test images, and their digest.
        environment: Python, libraries, processor, by label.
        commands: that make it again, with what each does.
    """

    name: str
    number: int
    aliases: Sequence[str]
    registered: str
    model_digest: str | None
    commit: str | None
    dirty: bool | None
    run_id: str
    run: Mapping[str, str]
    data: Mapping[str, str]
    overrides: Sequence[str]
    search: Mapping[str, str]
    parents: Sequence[ParentModel]
    test: Mapping[str, str]
    environment: Mapping[str, str]
    commands: Sequence[tuple[str, str]]

    @property
    def title(self) -> str:
        """What to call it."""
        return f"{self.name} version {self.number}"

    def record(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return asdict(self)

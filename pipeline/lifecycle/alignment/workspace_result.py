"""The last result of the project, as its files and dvc.lock tell it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.base.errors import PipelineError
from pipeline.base.files import read_json
from pipeline.base.paths import (
    CURVES,
    DECISION,
    GOLDEN,
    HISTORY,
    MODEL,
    OPENVINO,
    PREDICTIONS,
    PREPARED,
    RUN,
    TEST_METRICS,
)  # fmt: skip
from pipeline.base.stage_files.dvc_lock import recorded_params
from pipeline.config.params_file import read_values
from pipeline.config.schema.pipeline_schema import Config
from pipeline.lifecycle.champion.champion_verdict import DECIDED

SETTINGS = {"prepare": ("data",), "train": ("model", "recipe")}  # sections of params.yaml that shape a model, by stage
NEEDED = (
    PREPARED,
    MODEL,
    OPENVINO,
    RUN,
    HISTORY,
    CURVES,
    GOLDEN,
    PREDICTIONS,
)  # what a registration needs
KEYS = {"criteria", "champion", "name", "test_digest"}  # of a decision, besides those that every version wrote
CRITERION_KEYS = {"metric", "bound", "limit", "value", "passed"}
RESTORE = "bring it back with dvc checkout, or from a remote with dvc pull"


@dataclass(frozen=True)
class WorkspaceResult:
    """The last result.

    Attributes:
        decision: what the register stage decided.
        digest: SHA-256 of the model's `.keras` file.
    """

    decision: dict[str, Any]
    digest: str

    @property
    def registered(self) -> bool:
        """Whether the model passed the gate."""
        return bool(self.decision["registered"])

    @property
    def promoted(self) -> bool:
        """Whether the model became the champion when it was registered."""
        return bool((self.decision.get("champion") or {}).get("promoted"))


def read_result(root: Path) -> WorkspaceResult:
    """Return the last result of the project.

    Args:
        root: the project's folder.

    Raises:
        PipelineError: there is none, or the workspace holds parts of two.
    """
    if not (root / DECISION).is_file():
        raise PipelineError(f"{DECISION} is missing: there is no result yet; make one with dvc repro")
    try:
        decision = dict(read_json(root / DECISION))
        result = WorkspaceResult(decision, str(decision["model_digest"]))
        result.decision["registered"], result.decision["reason"]
    except (PipelineError, TypeError, ValueError, KeyError):
        raise PipelineError(f"{DECISION} is damaged; git checkout {DECISION} brings it back") from None
    if (root / RUN).is_file() and _trained_digest(root) != result.digest:
        raise PipelineError(
            f"{DECISION} and {RUN} are of two trainings; dvc checkout makes the workspace agree with dvc.lock, "
            "dvc repro with params.yaml"
        )
    return result


def _trained_digest(root: Path) -> str:
    try:
        return str(read_json(root / RUN)["model_digest"])
    except (PipelineError, TypeError, KeyError):
        raise PipelineError(f"{RUN} is damaged; {RESTORE}") from None


def check_complete(result: WorkspaceResult, config: Config, root: Path) -> None:
    """Pass if the workspace has all that a registration of its result needs.

    Args:
        result: of the workspace.
        config: the settings of params.yaml.
        root: the project's folder.

    Raises:
        PipelineError: a file is missing, or params.yaml is not what the result was made with.
    """
    for path in NEEDED:
        if not (root / path).exists():
            raise PipelineError(f"{path} is missing; {RESTORE}")
    if not (root / TEST_METRICS).is_file():
        raise PipelineError(f"{TEST_METRICS} is missing; git checkout {TEST_METRICS} brings it back")
    if not _known_shape(result.decision):
        raise PipelineError(f"{DECISION} is of an earlier version of this project; run dvc repro register")
    name = result.decision["name"]
    if name != config.tracking.registered_model:
        raise PipelineError(
            f"{DECISION} is about {name}, but tracking.registered_model is {config.tracking.registered_model}; "
            "run dvc repro, or git checkout params.yaml"
        )
    values = read_values(root)
    for stage, sections in SETTINGS.items():
        recorded = recorded_params(root, stage)
        for section in sections:
            if section in recorded and recorded[section] != values.get(section):
                raise PipelineError(
                    f"params.yaml's section {section} is not what the result in the workspace was made with; run "
                    "dvc repro, or git checkout params.yaml"
                )


def _known_shape(decision: Mapping[str, Any]) -> bool:
    """Return whether a decision has all that this version writes, and nothing else that would be read."""
    if KEYS - decision.keys():
        return False
    champion, criteria = decision["champion"], decision["criteria"]
    if not isinstance(criteria, list) or not all(isinstance(one, dict) for one in criteria):
        return False
    if any(one.keys() != CRITERION_KEYS for one in criteria):
        return False
    return champion is None or (isinstance(champion, dict) and champion.keys() == DECIDED)

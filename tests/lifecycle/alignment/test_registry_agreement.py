import pytest

from pipeline.config.params_file import read_params
from pipeline.lifecycle.alignment.registry_agreement import compare_registry
from pipeline.lifecycle.alignment.workspace_result import WorkspaceResult
from pipeline.registry.versions import PENDING
from tests.lifecycle.conftest import FIRST, NAME, WORSE

DIGEST = "d" * 64


@pytest.fixture
def compare(project, registry):
    def run(*, promoted):
        decision = {"registered": True, "reason": "", "champion": {"promoted": promoted}}
        return compare_registry(registry, WorkspaceResult(decision, DIGEST), read_params(project).tracking)

    return run


def test_nothing_is_registered(compare):
    assert compare(promoted=True).differences == [f"nothing is registered as {NAME}"]


def test_the_registry_has_another_model_only(compare, add_version, registry):
    add_version(FIRST, model__digest="e" * 64)
    registry.set_registered_model_alias(NAME, "candidate", "1")
    found = compare(promoted=True)
    assert found.number is None
    assert found.differences == [
        f"{NAME} has no version of this model",
        "candidate is version 1, another model",
        f"{NAME} has no champion, and this model became it when it was registered",
    ]


def test_all_agree(compare, add_version, registry):
    add_version(FIRST, model__digest=DIGEST)
    for alias in ("candidate", "champion"):
        registry.set_registered_model_alias(NAME, alias, "1")
    found = compare(promoted=True)
    assert (found.number, found.differences, found.notes) == (1, [], [])


def test_another_champion_is_no_disagreement_and_named(compare, add_version, registry):
    add_version(FIRST, model__digest="e" * 64)
    add_version(WORSE, model__digest=DIGEST)
    registry.set_registered_model_alias(NAME, "candidate", "2")
    registry.set_registered_model_alias(NAME, "champion", "1")
    found = compare(promoted=False)
    assert found.differences == []
    assert found.notes == [
        f"champion is version 1, another model; python -m pipeline.models show {NAME}/2 says why this one is not"
    ]


def test_a_registration_that_was_interrupted_is_none(compare, add_version, registry):
    add_version(FIRST, model__digest=DIGEST, **{PENDING: "true"})
    registry.set_registered_model_alias(NAME, "candidate", "1")
    assert compare(promoted=False).number is None

import mlflow
import pytest
from mlflow.store.entities import PagedList

from pipeline.registry.version_search import registered_models, versions_of
from pipeline.registry.versions import register_once

ODD_NAMES = ["it's", 'the "best"', 'it\'s "both"', "back\\slash'", "ends in\\", "' or name = 'other"]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_name_with_any_character_has_one_version_of_a_model(logged_model, registry, name):
    registry.create_registered_model("other")
    registry.create_model_version("other", "file:///nowhere", tags={"model.digest": "a" * 64})
    first, again, second = (register_once(name, logged_model(), digest * 64, {}, "", ["cat"]) for digest in "aab")
    assert [(one.number, one.new) for one in (first, again, second)] == [(1, True), (1, False), (2, True)]
    assert [int(one.version) for one in versions_of(registry, name)] == [1, 2]
    assert [int(one.version) for one in versions_of(registry, name, "b" * 64)] == [2]


def test_all_pages_are_read(registry, monkeypatch):
    names = [f"model-{number}" for number in range(5)]
    for name in names:
        registry.create_registered_model(name)
    for _ in range(5):
        registry.create_model_version(names[0], "file:///nowhere")
    for search in ("search_registered_models", "search_model_versions"):
        monkeypatch.setattr(mlflow.MlflowClient, search, in_pages_of_two(getattr(mlflow.MlflowClient, search)))
    assert [model.name for model in registered_models(registry)] == names
    assert [int(version.version) for version in versions_of(registry, names[0])] == [1, 2, 3, 4, 5]


def in_pages_of_two(search):
    def page(self, filter_string=None, page_token=None) -> PagedList:
        return search(self, filter_string, max_results=2, page_token=page_token)

    return page

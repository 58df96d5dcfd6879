import json
import subprocess
import sys
from pathlib import Path

import mlflow
import pytest

from pipeline.registry.versions import PENDING, VERSIONS, register_once, version_with_digest
from tests.registry.conftest import NAME

DIGEST = "d" * 64
STEPS = (
    "create_registered_model", "create_model_version", "search_model_versions", "delete_model_version_tag",
    "set_logged_model_tags",
)  # fmt: skip
# Waits until the other process is there too, then registers.
RACE = """
import sys, time
from pathlib import Path
import mlflow
from pipeline.registry.versions import register_once
uri, name, model_id, digest, here, there = sys.argv[1:]
mlflow.set_tracking_uri(uri)
mlflow.MlflowClient().search_registered_models()
Path(here).touch()
while not Path(there).exists():
    time.sleep(0.001)
version = register_once(name, model_id, digest, {}, "of a race", ["cat", "dog"])
print(version.number, version.new)
"""


class Killed(BaseException):
    """What happens to a process at any instant."""


def register(model_id, digest=DIGEST):
    return register_once(NAME, model_id, digest, {"test.accuracy": "0.9"}, "a model", ["cat", "dog"])


def numbers(client):
    return sorted(int(version.version) for version in client.search_model_versions(f"name = '{NAME}'"))


def links(client, model_id):
    return [(one["name"], int(one["version"])) for one in json.loads(client.get_logged_model(model_id).tags[VERSIONS])]


def race(uri, models, folder):
    """Register models with the same digest from two processes at once; return what each printed."""
    flags = [str(folder / f"ready {number}") for number in range(2)]
    for flag in flags:
        Path(flag).unlink(missing_ok=True)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", RACE, uri, NAME, model, DIGEST, *order], stdout=subprocess.PIPE, text=True
        )
        for model, order in zip(models, (flags, flags[::-1]), strict=True)
    ]
    outputs = [process.communicate(timeout=600)[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    return outputs


def test_a_model_is_registered_once_with_a_link_on_its_page(registry, logged_model):
    model = logged_model()
    first, second = register(model), register(model)
    assert ((first.number, first.new), (second.number, second.new)) == ((1, True), (1, False))
    version = registry.get_model_version(NAME, "1")
    assert PENDING not in version.tags
    assert (version.tags["test.accuracy"], version.tags["classes"]) == ("0.9", "cat, dog")
    assert links(registry, model) == [(NAME, 1)]


def test_the_same_model_of_another_run_is_the_same_version_and_its_page_says_so(registry, logged_model):
    models = [logged_model(), logged_model()]
    assert [register(model).number for model in models] == [1, 1]
    assert [links(registry, model) for model in models] == [[(NAME, 1)]] * 2


def test_another_model_is_another_version(registry, logged_model):
    assert [register(logged_model(), digest * 64).number for digest in "ab"] == [1, 2]
    assert (version_with_digest(NAME, "b" * 64), version_with_digest(NAME, "c" * 64)) == (2, None)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_a_killed_registration_is_completed_by_the_next(registry, logged_model, monkeypatch, step, after):
    model, real = logged_model(), getattr(mlflow.MlflowClient, step)

    def killed(self, *arguments, **options):
        if after:
            real(self, *arguments, **options)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(mlflow.MlflowClient, step, killed)
        with pytest.raises(Killed):
            register(model)
    version = register(model)
    assert numbers(registry) == [version.number] == [1]
    assert PENDING not in registry.get_model_version(NAME, "1").tags
    assert links(registry, model) == [(NAME, 1)]


def test_a_version_that_another_process_left_pending_is_removed(registry, logged_model):
    kept, left = logged_model(), logged_model()
    register(kept)
    tags = {"model.digest": DIGEST, PENDING: "true"}
    registry.create_model_version(NAME, f"models:/{left}", tags=tags, model_id=left)
    assert numbers(registry) == [1, 2]
    assert register(left).number == 1
    assert numbers(registry) == [1]
    assert links(registry, left) == [(NAME, 1)]


def test_two_processes_at_once_register_one_version(registry, logged_model, tmp_path):
    models = [logged_model(), logged_model()]
    outputs = race(mlflow.get_tracking_uri(), models, tmp_path)
    assert sorted(outputs) == [["1", "False"], ["1", "True"]]
    assert numbers(registry) == [1]
    assert [links(registry, model) for model in models] == [[(NAME, 1)]] * 2

"""The README, typed by a newcomer: every command in its bash and Python blocks, in order, with a smaller default.

`test_digits.py` types the first command with the README's own settings.
"""

import json
import re
import shlex
import sys
from pathlib import Path

import mlflow
import pytest

from tests.end_to_end.conftest import make_smoke_smaller

README = Path(__file__).parents[2] / "README.md"
SMALLER = {  # what a newcomer could set in conf/, so that each training takes seconds
    "data/digits": {"max_per_class": "40", "height": "20", "width": "20"},
    "model/googlenet_small": {"normalization": "none", "width": "0.125"},
    "recipe/quick": {"epochs": "2", "optimizer": "sgd"},  # not as many epochs as experiment=smoke
    "gate/default": {"  accuracy": "null", "  min_class_recall": "null"},
    "evaluation/default": {"robustness_images": "20"},
}


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def make_default_smaller(project):
    for name, values in SMALLER.items():
        file = project.root / f"conf/{name}.yaml"
        text = file.read_text(encoding="utf-8")
        for key, value in values.items():
            text, found = re.subn(rf"^{key}: .*$", f"{key}: {value}", text, flags=re.MULTILINE)
            assert found == 1, key
        file.write_text(text, encoding="utf-8")
    make_smoke_smaller(project)
    project.succeed(sys.executable, "-m", "pipeline.params")
    project.succeed("git", "commit", "-qam", "Smaller defaults")


def test_the_commands_work_in_order(project):
    make_default_smaller(project)
    lines = "".join(blocks("bash")).splitlines()
    for line in lines:
        project.succeed(*shlex.split(line))
    assert len(lines) > 10
    assert project.json("outputs/prepare/summary.json")["images"]["train"] == 280  # of the smaller default


def test_the_served_model_answers_what_the_command_does(project):
    """The block of shell commands runs whole."""
    (script,) = blocks("sh")
    output = project.succeed("bash", "-e", "-c", script)
    (served,) = json.loads(re.search(r'\{"predictions".*\}\]\}', output)[0])["predictions"]
    model, photo = re.search(r"models:/\S+", script)[0], re.search(r"docs/digits/\S+png", script)[0]
    command = [sys.executable, "-m", "pipeline.predict", photo, "--model", model, "--top", "2", "--format", "jsonl"]
    predicted = json.loads(project.succeed(*command).splitlines()[-1])
    assert served["predicted"] == predicted["predicted"]
    assert list(served["probabilities"]) == [each["class"] for each in predicted["top"]]
    assert served["confidence"] == pytest.approx(predicted["confidence"], abs=0.01)


def test_queued_experiments_logged_to_the_projects_own_store(project):
    client = mlflow.MlflowClient(f"sqlite:///{project.root}/mlflow.db")
    runs = client.search_runs([client.get_experiment_by_name("smoke").experiment_id])
    assert {run.data.params["model.dropout"] for run in runs} == {"0.2", "0.4"}
    assert all(run.info.status == "FINISHED" and "dvc.experiment" in run.data.tags for run in runs)


def test_two_experiments_are_compared_by_the_ids_of_their_runs(project):
    client = mlflow.MlflowClient(f"sqlite:///{project.root}/mlflow.db")
    runs = client.search_runs([client.get_experiment_by_name("smoke").experiment_id])
    first, second = (run.info.run_id[:8] for run in runs)
    output = project.succeed(sys.executable, "-m", "pipeline.compare", first, second, "--json")
    record = json.loads(output[output.index("{") :])
    assert set(record["settings"]) == {"model.dropout"}
    assert record["settings"]["model.dropout"] == dict(
        zip("ab", (run.data.params["model.dropout"] for run in runs), strict=True)
    )
    assert (
        record["images"]
        == record["both_right"] + record["only_a_right"] + record["only_b_right"] + record["both_wrong"]
    )


@pytest.mark.parametrize("code", blocks("python"), ids=["registered model", "network"])
def test_the_python_examples_print_what_they_say(project, code):
    output = project.succeed(sys.executable, "-c", code).strip().splitlines()[-1]
    if "count_params" in code:
        assert output == "6998552"
        assert output in README.read_text(encoding="utf-8")
    else:
        assert re.fullmatch(r" *docs/digits/3/00003.png +[0-9] +0\.[0-9]+ +[0-9] +0\.[0-9]+ *", output)


def test_every_make_target_that_the_readme_names_exists(project):
    text = README.read_text(encoding="utf-8")
    named = set(re.findall(r"\bmake ([a-z]+)\b", text)) - {"a"}
    listed = project.succeed("make", "help")
    assert {"repro", "test", "help"} <= named
    assert all(f"make {target}" in listed for target in named)


def test_every_linked_file_exists():
    links = re.findall(r"\]\(([^)#]+)\)", README.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (README.parent / link).exists()] == []

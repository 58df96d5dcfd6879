"""Three trainings of one project compete for the champion's place. The tests run in order and build on each other.

The margins are so wide that no luck of a short training changes a verdict: the good models are right for most digits,
the worse one for about a tenth of them.
"""

import html
import json
import re
import sys

import mlflow
import pytest

from tests.end_to_end.conftest import Project

DECISION = "outputs/register/decision.json"
SMOKE = ("experiment=smoke", "recipe.epochs=4")
WORSE = ("experiment=smoke", "recipe.learning_rate=1e-7")


def repro(project, *overrides):
    project.succeed(sys.executable, "-m", "pipeline.params", *overrides)
    return project.succeed("dvc", "repro"), project.json(DECISION)


def aliases(project):
    model = mlflow.MlflowClient(f"sqlite:///{project.root}/mlflow.db").get_registered_model("smoke")
    return {alias: int(number) for alias, number in model.aliases.items()}


def page(project):
    """Return the text of the page's section about the gate."""
    text = (project.root / "outputs/register/report.html").read_text(encoding="utf-8")
    section = text[text.index("<!-- gate -->") :].partition("<!-- end of gate -->")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", section)).split())


def test_the_first_model_that_passes_becomes_champion(project):
    output, decision = repro(project, *SMOKE, "gate.floors.accuracy=0.05", "gate.ceilings.latency_ms=10000")
    assert "it becomes champion: it is the first version that passes the gate" in output
    assert (decision["registered"], decision["aliases"]) == (True, ["candidate", "champion"])
    assert [(one["metric"], one["bound"], one["passed"]) for one in decision["criteria"]] == [
        ("accuracy", "at least", True),
        ("latency_ms", "at most", True),
    ]
    assert aliases(project) == {"candidate": 1, "champion": 1}
    assert "Becomes the champion It is the first version that passes the gate." in page(project)
    version = mlflow.MlflowClient(f"sqlite:///{project.root}/mlflow.db").get_model_version("smoke", "1")
    assert re.fullmatch(r"0\.\d+, at least 0\.05: passed", version.tags["gate.accuracy"])
    assert version.tags["champion.comparison"] == "it is the first version that passes the gate"
    project.succeed("git", "add", "params.yaml", "dvc.lock", "outputs")
    project.succeed("git", "commit", "-qm", "the first model")


def test_a_clearly_worse_model_stays_candidate_and_the_page_says_why(project):
    output, decision = repro(project, *WORSE)
    assert "smoke version 2 (new)" in output
    champion = decision["champion"]
    assert (champion["promoted"], champion["better"], "version" in champion) == (False, False, False)
    assert champion["high"] < 0
    assert champion["p_value"] < 0.001
    assert champion["images"] == project.json("outputs/evaluate/metrics.json")["images"]
    assert decision["aliases"] == ["candidate"]
    assert aliases(project) == {"candidate": 2, "champion": 1}
    assert "Stays candidate Shown to be worse: accuracy 0." in page(project)
    assert "exact McNemar p < 0.0001" in page(project)


def test_a_slightly_different_model_stays_candidate_where_the_margin_is_not_reached(project):
    output, decision = repro(project, *SMOKE, "recipe.seed=1", "gate.champion.margin=0.5")
    assert "it stays candidate: not shown to be better by more than 0.5: accuracy" in output
    assert decision["champion"]["promoted"] is False
    assert aliases(project) == {"candidate": 3, "champion": 1}


def test_with_another_rule_the_same_model_becomes_champion_without_training(project):
    rule = ("gate.champion.rule=not_worse_than", "gate.champion.margin=0.5")
    output, decision = repro(project, *SMOKE, "recipe.seed=1", *rule)
    assert "Running stage 'register'" in output
    assert "Running stage 'train'" not in output
    assert decision["champion"]["promoted"] is True
    assert aliases(project) == {"candidate": 3, "champion": 3}
    assert "Becomes the champion Shown to be worse by no more than 0.5: accuracy" in page(project)


def test_registering_the_champion_again_gives_the_same_decision(project):
    before = (project.root / DECISION).read_bytes()
    output = project.succeed(sys.executable, "-m", "pipeline.register")
    assert "smoke version 3 (was registered before)" in output
    assert (project.root / DECISION).read_bytes() == before
    assert aliases(project) == {"candidate": 3, "champion": 3}


def test_a_misspelled_class_is_one_sentence_and_nothing_is_half_written(project):
    project.succeed(
        sys.executable, "-m", "pipeline.params", *SMOKE, "recipe.seed=1", "gate.floors.class_recall={11: 0.1}"
    )
    output = project.fail(sys.executable, "-m", "pipeline.register")
    assert (
        "error: gate.floors.class_recall: there is no class '11' (did you mean '1'?); the classes are 0, 1," in output
    )
    assert not (project.root / DECISION).exists()
    assert aliases(project) == {"candidate": 3, "champion": 3}


@pytest.mark.parametrize("alias", ["champion", "candidate"])
def test_the_ledger_has_every_move_with_its_evidence(project, alias):
    model = mlflow.MlflowClient(f"sqlite:///{project.root}/mlflow.db").get_registered_model("smoke")
    entries = [json.loads(value) for key, value in sorted(model.tags.items()) if key.startswith("ledger.")]
    moves = [(one["before"], one["after"]) for one in entries if one["alias"] == alias]
    assert moves == {"champion": [(None, 1), (1, 3)], "candidate": [(None, 1), (1, 2), (2, 3)]}[alias]
    last = [one for one in entries if one["alias"] == alias][-1]
    assert {"run", "commit"} <= set(last["evidence"])
    if alias == "champion":
        assert {"difference", "low", "high", "p_value", "images"} <= set(last["evidence"])
    rule = ("gate.champion.rule=not_worse_than", "gate.champion.margin=0.5")
    repro(project, *SMOKE, "recipe.seed=1", *rule)  # as it was, for the tests that follow


def models(project, *arguments):
    return project.succeed(sys.executable, "-m", "pipeline.models", *arguments)


def test_a_person_promotes_with_force_and_rolls_back_and_the_history_says_so(project):
    refused = project.fail(sys.executable, "-m", "pipeline.models", "promote", "smoke/2", "--reason", "try it")
    assert refused.startswith("error: smoke version 2 is not promoted: it did not become champion by the rule: ")
    assert aliases(project)["champion"] == 3
    forced = models(project, "promote", "smoke/2", "--reason", "try it", "--force")
    assert forced == "smoke version 2 is champion now, before it version 3 (forced)\n"
    assert models(project, "rollback", "--reason", "it is worse").startswith("smoke version 3 is champion again")
    moves = json.loads(models(project, "history", "@champion", "--json"))[-2:]
    assert [(one["action"], one["before"], one["after"], one["forced"]) for one in moves] == [
        ("promote", 3, 2, True),
        ("rollback", 2, 3, False),
    ]
    assert {one["who"] for one in moves} != {""}
    shown = json.loads(models(project, "show", "smoke/2", "--json"))
    assert (shown["forced"], shown["aliases"], shown["settings"]["recipe.learning_rate"]) == ("try it", [], "1e-07")
    assert "recipe.seed" in models(project, "diff", "/1", "/3")
    assert "smoke version 3 (champion, candidate)" in project.succeed(sys.executable, "-m", "pipeline.summary")


def test_a_clone_without_a_store_and_an_older_result_are_brought_in_line_without_training(project, tmp_path):
    project.succeed("git", "add", "params.yaml", "dvc.lock", "outputs")
    project.succeed("git", "commit", "-qm", "the third model")
    clone = Project(tmp_path / "clone")
    project.succeed("git", "clone", "-q", str(project.root), str(clone.root))
    check = (sys.executable, "-m", "pipeline.models", "sync", "--check")
    done = clone.run(*check)
    assert (done.returncode, done.stdout.splitlines()[0]) == (3, "nothing is registered as smoke")
    assert not (clone.root / "mlflow.db").exists()
    assert "is missing; bring it back with dvc checkout" in clone.fail(sys.executable, "-m", "pipeline.models", "sync")
    clone.succeed("dvc", "cache", "dir", "--local", str(project.root / ".dvc/cache"))
    clone.succeed("dvc", "checkout", "-q")
    assert "not in this registry" in clone.succeed(sys.executable, "-m", "pipeline.summary")
    output = models(clone, "sync")
    assert "smoke version 1 is this model (new)" in output
    assert aliases(clone) == {"candidate": 1, "champion": 1}
    clone.succeed("git", "checkout", "-q", "HEAD~1")
    clone.succeed("dvc", "checkout", "-q")
    assert "not in this registry" in clone.succeed(sys.executable, "-m", "pipeline.summary")
    output = models(clone, "sync")
    assert "smoke version 2 is this model (new)" in output
    assert "champion is version 1, another model; to use this one: python -m pipeline.models promote" in output
    assert aliases(clone) == {"candidate": 2, "champion": 1}
    assert models(clone, "sync").startswith("champion is version 1, another model")
    assert clone.run(*check).returncode == 0
    assert clone.git_status() == []
    models(clone, "promote", "--reason", "back to the first model")
    assert aliases(clone) == {"candidate": 2, "champion": 2}


def test_the_champions_files_and_origin_are_known(project):
    assert "identical" in models(project, "verify", "smoke@champion")
    output = models(project, "trace", "smoke@champion", "--json")
    origin = json.loads(output[output.index("{") :])
    assert (origin["dirty"], origin["data"]["name"]) == (False, "digits")
    assert {"experiment=smoke", "recipe.epochs=4"} <= set(origin["overrides"])
    assert {"python", "keras", "tensorflow", "cpu", "precision"} <= origin["environment"].keys()


def test_the_champion_is_rebuilt_to_the_last_bit_in_a_clean_clone(project):
    client = mlflow.MlflowClient(f"sqlite:///{project.root}/mlflow.db")
    experiment = client.get_experiment_by_name("smoke").experiment_id
    before = (project.git_status(), len(client.search_runs([experiment])), aliases(project))
    number = aliases(project)["champion"]
    output = models(project, "rebuild", "smoke@champion")
    digest = client.get_model_version("smoke", str(number)).tags["model.digest"]
    assert f"smoke version {number} rebuilt: identical to the last bit, SHA-256 {digest}" in output
    assert "data identical" in output
    assert "epoch 4/4" in output
    assert (project.git_status(), len(client.search_runs([experiment])), aliases(project)) == before
    assert list((project.root / ".dvc/tmp/rebuild").iterdir()) == []


def test_a_run_that_is_rebuilt_has_its_predictions_so_that_it_can_be_compared(project):
    (project.root / "mlflow.db").unlink()
    project.succeed(sys.executable, "-m", "pipeline.register")
    client = mlflow.MlflowClient(f"sqlite:///{project.root}/mlflow.db")
    run = client.get_run(client.get_model_version("smoke", "1").run_id)
    assert "test/accuracy" in run.data.metrics
    listed = client.list_artifacts(run.info.run_id, "evaluation")
    assert "evaluation/predictions.parquet" in [file.path for file in listed]

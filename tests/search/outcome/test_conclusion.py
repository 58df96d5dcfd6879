"""What a search recommends, finished or interrupted, from trials that were played and retrainings that were written."""

import shutil

import pytest

from pipeline.base.files import write_json
from pipeline.search.outcome.candidates import Candidate, choose_candidates, most_retrained, recommend
from pipeline.search.outcome.ranking import TrialRow

NETWORK = ["search=grid", "search/space=network", "search.max_trials=4", "model.width=0.5"]


class Notes:
    """A recorder that must not be needed."""


@pytest.fixture
def concluded(tune, oracle, play, dataset, root, tmp_path):
    """Play a search's trials, of which narrow ones score best, and conclude it as interrupted."""
    from pipeline.search.limits import CostLimits
    from pipeline.search.outcome.conclusion import conclude
    from pipeline.search.search_loop import Search

    project, folder = tmp_path / "project", tmp_path / "searches" / "abc"
    shutil.copytree(root / "conf", project / "conf")

    def run(*overrides, retrained=()):
        options = [*NETWORK, *overrides]
        config = tune(*options)
        limits = CostLimits(config, dataset.info.shape, 3)
        played = oracle(*options, exceeded=limits.exceeded)
        if played.state_file.is_file():
            played.reload()
        play(played, lambda values: 0.9 - 0.1 * values["width"] + 0.01 * len(played.trials))
        for name, score in dict(retrained).items():
            write_json(folder / "retrained" / f"{name}.json", {"val_accuracy": score, "val_loss": 1.0})
        search = Search(
            config=config, dataset=dataset, limits=limits, oracle=played, folder=folder, recorder=Notes()
        )  # fmt: skip
        found = conclude(search, project, "run", finished=False)
        tuned = project / "conf/model/tuned.yaml"
        return found, tuned.read_text(encoding="utf-8") if tuned.is_file() else ""

    return run


def test_retrainings_that_are_done_count_after_an_interruption(concluded):
    found, tuned = concluded(retrained={"1-seed-1": 0.8, "1-seed-2": 0.82, "2-seed-1": 0.99})
    assert [(one.trial, one.scores) for one in found.retrained] == [("1", [0.8, 0.82])]  # of three seeds
    assert found.recommended == "1"
    assert "retrained: 1: val_accuracy 0.8100 ± 0.0141 over 2 seeds" in tuned
    again, same = concluded("search.max_trials=7")  # resumed with more trials, and interrupted at once
    assert (again.recommended, same) == ("1", tuned)
    assert len(again.rows) == 7
    assert again.note.startswith("conf/model/tuned.yaml is trial 1")


def test_checkpoints_of_what_has_ended_are_removed(concluded, tmp_path):
    """A search that is killed right after it recorded an end has left them."""
    folders = {
        name: tmp_path / "searches/abc/.checkpoints" / name for name in ("trial-1", "retrain-1-seed-1", "trial-9")
    }
    for folder in folders.values():
        folder.mkdir(parents=True)
        (folder / "checkpoint.json").write_text("{}")
    concluded(retrained={"1-seed-1": 0.8})
    assert [name for name, folder in folders.items() if folder.exists()] == ["trial-9"]


def test_a_trial_does_not_replace_a_retrained_network(concluded):
    from pipeline.search.outcome.ranking import rank_trials

    found, tuned = concluded(retrained={f"configured-seed-{seed}": 0.85 for seed in (1, 2, 3)})
    assert found.recommended == "configured"
    later, kept = concluded("search.max_trials=8")
    assert rank_trials(later.rows, later.config)[0].score > 0.85
    assert (later.recommended, kept) == ("configured", tuned)


def test_the_configured_network_is_compared_and_not_recommended_above_the_limits(concluded):
    scores = {f"{name}-seed-{seed}": score for name, score in (("configured", 0.99), ("0", 0.8)) for seed in (1, 2, 3)}
    found, _ = concluded("search.limits.relative=0.5", retrained=scores)
    assert {one.trial: one.mean > 0.9 for one in found.retrained} == {"0": False, "configured": True}
    assert found.recommended == "0"
    configured = next(one for one in found.retrained if one.trial == "configured")
    assert "multiply-adds are more than search.limits allows" in configured.exceeds
    assert all(2 * row.multiply_adds <= configured.multiply_adds for row in found.rows)


def test_only_networks_within_the_limits_are_recommended(tune):
    def candidate(name, score, exceeds=None):
        return Candidate(name, {}, 1, 1, None, [score], exceeds)

    assert recommend([candidate("a", 0.5), candidate("configured", 0.9, "too much")], tune()).trial == "a"
    assert recommend([candidate("configured", 0.9, "too much")], tune()) is None
    assert most_retrained([Candidate("a", {}, 1, 1, None, [])]) == []


def test_a_candidate_knows_which_limit_the_configured_network_exceeds(tune, keras):
    from pipeline.search.limits import CostLimits

    config = tune("search.limits.relative=0.5", "model.width=0.5")
    row = TrialRow("00", "COMPLETED", 0.9, 1, 1, 1, {"dropout": 0.1})
    chosen = choose_candidates([row], config, CostLimits(config, (16, 16, 1), 3))
    assert [one.exceeds is None for one in chosen] == [True, False]

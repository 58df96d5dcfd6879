"""Whether a version that passed the gate takes the champion's place by the rule."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import mlflow
import pandas as pd

from pipeline.base.digests import json_digest, lines_digest
from pipeline.config.schema.pipeline_schema import Config
from pipeline.lifecycle.champion.champion_place import made_moves
from pipeline.lifecycle.champion.champion_verdict import ChampionVerdict, compared_verdict, verdict_without
from pipeline.lifecycle.champion.decision_tags import COMPARISON, ROLLBACK, VERDICT
from pipeline.registry.aliases import alias_position
from pipeline.registry.ledger import AliasMove


def decide_champion(
    number: int, table: pd.DataFrame, classes: Sequence[str], config: Config, root: Path
) -> ChampionVerdict:
    """Return whether a version that passed the gate becomes the champion.

    The verdict that the version's tags record holds again where rule and test images are the same and the champion is
    the one of then or this version: registering again changes nothing.

    Args:
        number: of the version.
        table: its predictions table, with a column `split`.
        classes: its class names in index order.
        config: the settings.
        root: the project's folder.

    Raises:
        MlflowException: the store cannot be asked.
        StoreError: the tracking server does not answer.
    """
    client, tracking = mlflow.MlflowClient(), config.tracking
    model = client.get_registered_model(tracking.registered_model)
    position, moves = alias_position(model, tracking.champion_alias), made_moves(model, tracking.champion_alias)
    known = _recorded(client.get_model_version(tracking.registered_model, str(number)).tags, table, config)
    if known is not None and position in (known.version, number):
        return known
    if position is None:
        return _unopposed(moves, config)
    verdict = _settled_place(number, position, moves, config)
    if verdict is not None:
        return verdict
    return compared_verdict(position, table, classes, config, root)


def verdict_tags(verdict: ChampionVerdict, table: pd.DataFrame, config: Config) -> dict[str, str]:
    """Return the tags of a version that record the verdict on it.

    Args:
        verdict: on the version.
        table: its predictions table, with a column `split`.
        config: the settings.
    """
    record = {"about": _subject(table, config), "verdict": verdict.record()}
    return {VERDICT: json.dumps(record, ensure_ascii=False), COMPARISON: verdict.reason}


def _settled_place(number: int, position: int, moves: Sequence[AliasMove], config: Config) -> ChampionVerdict | None:
    """Return the verdict on the champion itself, and on a version that a person rolled back; else None."""
    if position == number:
        if moves and moves[-1].forced:
            return verdict_without(config, "the rule was overruled with --force", promoted=False)
        return verdict_without(config, "it is the champion already", promoted=True)
    left = [move for move in moves if move.before == number]
    if left and left[-1].action == ROLLBACK:
        reason = "it was rolled back; only python -m pipeline.models promote --force makes it the champion again"
        return verdict_without(config, reason, promoted=False, version=position)
    return None


def _unopposed(moves: Sequence[AliasMove], config: Config) -> ChampionVerdict:
    """Return the verdict where there is no champion: only the first version takes the place by itself."""
    if config.gate.champion.rule == "by_hand":
        return verdict_without(config, "gate.champion.rule is by_hand, and there is no champion", promoted=False)
    if moves:
        reason = "there is no champion any more; python -m pipeline.models promote --reason TEXT makes this one it"
        return verdict_without(config, reason, promoted=False)
    return verdict_without(config, "it is the first version that passes the gate", promoted=True)


def _recorded(tags: Mapping[str, str], table: pd.DataFrame, config: Config) -> ChampionVerdict | None:
    """Return the verdict in a version's tags if it is about the same rule and images and rests on something."""
    try:
        record = json.loads(tags.get(VERDICT, ""))
        verdict = ChampionVerdict(**record["verdict"], settled=True)
        same = record["about"] == _subject(table, config)
    except (ValueError, TypeError, KeyError):
        return None
    return verdict if same and (verdict.promoted or verdict.images is not None) else None


def _subject(table: pd.DataFrame, config: Config) -> str:
    """Return a digest of what a verdict is about: rule and alias, test images and their labels."""
    test = table[table["split"] == "test"]
    images = lines_digest(sorted(test["digest"] + " " + test["label"]))
    return json_digest([config.gate.champion.model_dump(), config.tracking.champion_alias, images])

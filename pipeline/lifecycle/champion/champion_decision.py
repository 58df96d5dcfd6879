"""The champion's place: who has it, whether a new version takes it, and the move."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd

from pipeline.base.digests import json_digest, lines_digest
from pipeline.base.errors import PipelineError
from pipeline.config.schema.pipeline_schema import Config
from pipeline.lifecycle.champion.champion_verdict import ChampionVerdict, compared_verdict, verdict_without
from pipeline.registry.aliases import alias_position, move_alias
from pipeline.registry.ledger import AliasMove, ledger_of, read_ledger

PREFIX = "champion."  # of the tags of a version about its verdict
VERDICT = "champion.decision"  # tag of a version: the verdict on it, and what it was about
COMPARISON = "champion.comparison"  # tag of a version: the verdict's reason, for people
ROLLBACK = "rollback"  # an action in the ledger


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
    position = alias_position(model, tracking.champion_alias)
    known = _recorded(client.get_model_version(tracking.registered_model, str(number)).tags, table, config)
    if known is not None and position in (known.version, number):
        return known
    if position == number:
        return verdict_without(config, "it is the champion already", promoted=True)
    if position is None:
        if config.gate.champion.rule == "by_hand":
            return verdict_without(config, "gate.champion.rule is by_hand, and there is no champion", promoted=False)
        return verdict_without(config, "it is the first version that passes the gate", promoted=True)
    if any(move.action == ROLLBACK and move.before == number for move in _moves(ledger_of(model), config)):
        reason = "it was the champion before and was rolled back; it can be promoted by hand only"
        return verdict_without(config, reason, promoted=False, version=position)
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


def promote(number: int, verdict: ChampionVerdict, evidence: Mapping[str, Any], config: Config) -> bool:
    """Move the champion's alias to a version if the verdict says so; return whether the version is the champion now.

    Where a settled verdict was followed before and the champion is another one by now, somebody moved the alias: it
    stays where it is.

    Args:
        number: of the version.
        verdict: on it.
        evidence: besides the verdict's figures, for the ledger.
        config: the settings.

    Raises:
        PipelineError: another version became the champion in the meantime.
        MlflowException: the store cannot be asked.
    """
    name, alias = config.tracking.registered_model, config.tracking.champion_alias
    if not verdict.promoted:
        return False
    position = alias_position(mlflow.MlflowClient().get_registered_model(name), alias)
    moves = _moves(read_ledger(name), config)
    if verdict.settled and position != number and any(move.after == number for move in moves[:-1]):
        print(f"{alias} was this version and was moved since ({moves[-1].action}); it stays where it is")
        return False
    if position not in (verdict.version, number):
        raise PipelineError(f"{alias} was moved to version {position} while this model was compared; run it again")
    figures = {key: value for key, value in verdict.record().items() if value is not None}
    for key in ("promoted", "reason", "better"):
        figures.pop(key)
    move_alias(name, alias, number, action="register", reason=verdict.reason, evidence={**evidence, **figures})
    return True


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


def _moves(ledger: Sequence[AliasMove], config: Config) -> list[AliasMove]:
    return [move for move in ledger if move.alias == config.tracking.champion_alias]

"""The champion's place: who had it, what a verdict is worth as the alias stands, and the move."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import mlflow
from mlflow.entities.model_registry import RegisteredModel

from pipeline.base.errors import PipelineError
from pipeline.config.schema.pipeline_schema import Config
from pipeline.lifecycle.champion.champion_verdict import ChampionVerdict, verdict_figures
from pipeline.registry.aliases import AliasMovedError, alias_position, move_alias, was_made
from pipeline.registry.ledger import AliasMove, ledger_of


def made_moves(model: RegisteredModel, alias: str) -> list[AliasMove]:
    """Return the moves of an alias, the oldest first, without a last one that was interrupted.

    Args:
        model: the registered model.
        alias: of it.
    """
    moves = [move for move in ledger_of(model) if move.alias == alias]
    interrupted = moves and not was_made(model, moves[-1]) and alias_position(model, alias) != moves[-1].after
    return moves[:-1] if interrupted else moves


def standing_verdict(number: int, verdict: ChampionVerdict, config: Config) -> ChampionVerdict:
    """Return the verdict that holds as the champion's alias stands: a person may have moved it since.

    Args:
        number: of the version.
        verdict: by the rule.
        config: the settings.

    Raises:
        MlflowException: the store cannot be asked.
    """
    name, alias = config.tracking.registered_model, config.tracking.champion_alias
    model = mlflow.MlflowClient().get_registered_model(name)
    position, moves = alias_position(model, alias), made_moves(model, alias)
    if position == number:
        by_hand = f"it was made the champion by hand; {verdict.reason}"
        return verdict if verdict.promoted else replace(verdict, promoted=True, reason=by_hand)
    if verdict.promoted and verdict.settled and any(move.after == number for move in moves):
        reason = (
            "it was the champion, and the alias was moved since; python -m pipeline.models promote --reason TEXT makes "
            "it the champion again"
        )
        return replace(verdict, promoted=False, reason=reason)
    return verdict


def promote(number: int, verdict: ChampionVerdict, evidence: Mapping[str, Any], config: Config) -> bool:
    """Move the champion's alias to a version if the verdict says so; return whether it was moved.

    Args:
        number: of the version.
        verdict: that holds on it, by `standing_verdict`.
        evidence: besides the verdict's figures, for the ledger.
        config: the settings.

    Raises:
        PipelineError: another version became the champion in the meantime.
        MlflowException: the store cannot be asked.
    """
    if not verdict.promoted:
        return False
    name, alias = config.tracking.registered_model, config.tracking.champion_alias
    figures = {**evidence, **verdict_figures(verdict.record())}
    places = {verdict.version, number}
    try:
        move = move_alias(
            name, alias, number, action="register", reason=verdict.reason, evidence=figures, expected=places
        )
    except AliasMovedError as error:
        where = "removed" if error.position is None else f"moved to version {error.position}"
        raise PipelineError(f"{alias} was {where} while this model was compared; run it again") from None
    return move is not None

"""The one way in which this project moves an alias: recorded in the ledger first, then made, then confirmed.

The confirmation tells a move that was interrupted, which is completed, from one that somebody undid since.
"""

from collections.abc import Collection, Mapping
from typing import Any

import mlflow
from mlflow.entities.model_registry import RegisteredModel

from pipeline.base.errors import PipelineError
from pipeline.registry.author import author
from pipeline.registry.ledger import OUTSIDE, AliasMove, append_move, ledger_of, tag_line
from pipeline.registry.registry_lock import registry_lock

OUTSIDE_REASON = "not recorded at the time: moved outside this project, or the move was interrupted"
CONFIRMED = "moved."  # prefix of a tag of the registered model, by alias: `when` of its last move that was made


class AliasMovedError(PipelineError):
    """An alias is not where it was expected; `position` is the version that it points to, or None."""

    def __init__(self, name: str, alias: str, position: int | None) -> None:
        """Say so in a sentence."""
        where = "was removed" if position is None else f"was moved to version {position}"
        super().__init__(f"{alias} of {name} {where} just now by somebody else; run it again")
        self.position = position


def move_alias(
    name: str,
    alias: str,
    version: int | None,
    *,
    action: str,
    reason: str,
    evidence: Mapping[str, Any] | None = None,
    forced: bool = False,
    expected: Collection[int | None] | None = None,
) -> AliasMove | None:
    """Make `models:/NAME@ALIAS` a version, and record the move in the ledger.

    Call it again after a crash: it completes what was begun and records nothing twice. If the alias is not where the
    ledger's last move put it, and that was made, it is recorded as a move from outside before this one.

    Args:
        name: of the registered model.
        alias: to move.
        version: that the alias shall point to; None removes the alias.
        action: `register`, `promote`, `rollback`, `sync` or `remove`.
        reason: for people.
        evidence: what the move rests on, by name; small.
        forced: whether it goes against the gate's decision.
        expected: where the alias may be now; None: anywhere. Where the store has a lock, nobody moves it in between.

    Returns:
        The move, or None if the alias points there already.

    Raises:
        AliasMovedError: the alias is not where it was expected.
        MlflowException: there is no such model or version, or the store cannot be asked.
    """
    client = mlflow.MlflowClient()
    with registry_lock():
        model = client.get_registered_model(name)
        if expected is not None and alias_position(model, alias) not in expected:
            raise AliasMovedError(name, alias, alias_position(model, alias))
        if version is not None:
            client.get_model_version(name, str(version))  # so that the ledger names no version that does not exist
        before, last = alias_position(model, alias), last_move(ledger_of(model), alias)
        newest = max(ledger_of(model), key=lambda move: move.when, default=None)
        move = AliasMove(alias, before, version, action, tag_line(reason), forced, dict(evidence or {}), author())
        begun = last is not None and not was_made(model, last)
        if last is not None and begun and before != version and _same(last, move):
            _point(client, name, last)
            return last
        if (stray := outside_move(last, alias, before)) is not None:
            newest = append_move(name, stray, newest)
        elif last is not None and begun:  # made, and interrupted before it was confirmed
            _confirm(client, name, last)
        if before == version:
            return None
        written = append_move(name, move, newest)
        _point(client, name, written)
        return written


def was_made(model: RegisteredModel, last: AliasMove) -> bool:
    """Return whether an alias's last move in the ledger was made, not only recorded.

    Args:
        model: the registered model.
        last: the last move of one of its aliases.
    """
    return last.action == OUTSIDE or model.tags.get(f"{CONFIRMED}{last.alias}") == last.when


def alias_position(model: RegisteredModel, alias: str) -> int | None:
    """Return the version that an alias of a registered model points to, or None."""
    number = model.aliases.get(alias)
    return None if number is None else int(number)


def last_move(moves: list[AliasMove], alias: str) -> AliasMove | None:
    """Return an alias's last move, or None."""
    return next((move for move in reversed(moves) if move.alias == alias), None)


def outside_move(last: AliasMove | None, alias: str, position: int | None) -> AliasMove | None:
    """Return the move that brought an alias from where its last move left it to `position`, or None if it is there."""
    left = last.after if last else None
    if left == position:
        return None
    return AliasMove(alias, left, position, OUTSIDE, OUTSIDE_REASON, who="unknown")


def unrecorded_moves(model: RegisteredModel) -> list[AliasMove]:
    """Return the moves of a registered model's aliases that the ledger does not know; their time is not known."""
    moves = ledger_of(model)
    aliases = sorted({move.alias for move in moves} | set(model.aliases))
    found = (outside_move(last_move(moves, alias), alias, alias_position(model, alias)) for alias in aliases)
    return [move for move in found if move is not None]


def _same(one: AliasMove, other: AliasMove) -> bool:
    return (one.before, one.after, one.action, one.reason, one.forced) == (
        other.before, other.after, other.action, other.reason, other.forced
    )  # fmt: skip


def _point(client: mlflow.MlflowClient, name: str, move: AliasMove) -> None:
    if move.after is None:
        client.delete_registered_model_alias(name, move.alias)
    else:
        client.set_registered_model_alias(name, move.alias, str(move.after))
    _confirm(client, name, move)


def _confirm(client: mlflow.MlflowClient, name: str, move: AliasMove) -> None:
    client.set_registered_model_tag(name, f"{CONFIRMED}{move.alias}", move.when)

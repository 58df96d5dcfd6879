"""Moves of the champion's alias by hand: promotion and rollback."""

from collections.abc import Sequence

import mlflow
from mlflow.entities.model_registry import ModelVersion

from pipeline.base.errors import PipelineError
from pipeline.lifecycle.champion.decision_tags import ROLLBACK, evidence_tags
from pipeline.lifecycle.registry_access import find_registered_model, version_numbers
from pipeline.lifecycle.version_record import FORCED, version_record
from pipeline.registry.aliases import alias_position, move_alias
from pipeline.registry.ledger import AliasMove, ledger_of, tag_line


def promote_version(
    client: mlflow.MlflowClient, version: ModelVersion, alias: str, reason: str, *, force: bool
) -> AliasMove | None:
    """Make a version the champion; return the move, or None if it is the champion already.

    A move against the gate's decision is marked for ever: in the ledger and by a tag of the version.

    Args:
        client: of the registry.
        version: to promote.
        alias: the champion's.
        reason: for people.
        force: whether to promote it against the gate's decision.

    Raises:
        PipelineError: it did not become champion by the rule or misses the gate, and `force` is not set.
    """
    record = version_record(version.tags)
    model = find_registered_model(client, version.name)
    position = alias_position(model, alias)
    if position == int(version.version):
        return None
    objection = record.objection(champion=position is not None)
    if objection and not force:
        raise PipelineError(
            f"{version.name} version {version.version} is not promoted: {objection}; --force promotes it all "
            "the same, and is recorded with your reason"
        )
    forced, reason = objection is not None, tag_line(reason)
    if forced:
        client.set_model_version_tag(version.name, version.version, FORCED, reason)
    evidence = evidence_tags(version.tags)
    evidence |= {"run": version.run_id} if version.run_id else {}
    if forced:
        evidence["objection"] = str(objection)
    return move_alias(
        version.name,
        alias,
        int(version.version),
        action="promote",
        reason=reason,
        evidence=evidence | record.evidence,
        forced=forced,
    )


def roll_back(client: mlflow.MlflowClient, name: str, alias: str, reason: str, target: int | None = None) -> AliasMove:
    """Make the version the champion that was it before; return the move.

    Where there is no champion, as after the deletion of its version, the last one that still exists is it again.

    Args:
        client: of the registry.
        name: of the registered model.
        alias: the champion's.
        reason: for people.
        target: number of an earlier champion; None: the one before this.

    Raises:
        PipelineError: there was none before, or `target` was never the champion.
    """
    model = find_registered_model(client, name)
    position = alias_position(model, alias)
    there = version_numbers(client, name)
    before = [number for number in earlier_champions(ledger_of(model), alias, position) if number in there]
    chosen = target if target is not None else next(iter(before), None)
    if chosen is None:
        now = f"{name} has no {alias}, and " if position is None else ""
        earlier = "" if position is None else f" before version {position}"
        raise PipelineError(
            f"{now}no version was {alias} of {name}{earlier}, as far as the ledger says and they still exist; "
            "python -m pipeline.models promote makes another one the champion"
        )
    if chosen == position:
        raise PipelineError(f"{name} version {position} is {alias} already")
    if chosen not in before:
        known = ", ".join(str(number) for number in before) or "none"
        raise PipelineError(
            f"{name} version {chosen} is no earlier {alias} to roll back to (there are: {known}); "
            "python -m pipeline.models promote moves to any version"
        )
    move = move_alias(name, alias, chosen, action=ROLLBACK, reason=reason, expected={position})
    if move is None:
        raise PipelineError(f"{alias} of {name} was moved to version {chosen} just now by somebody else")
    return move


def earlier_champions(moves: Sequence[AliasMove], alias: str, position: int | None) -> list[int]:
    """Return the versions to which an alias can be rolled back, the last one first.

    Versions that were rolled back from are none of them, unless they were promoted again.

    Args:
        moves: of the ledger, the oldest first.
        alias: the champion's.
        position: where it is now; None: nowhere.
    """
    stack: list[int] = []
    for move in moves:
        if move.alias != alias:
            continue
        if not stack and move.before is not None:
            stack.append(move.before)  # from before the ledger began
        if move.action == ROLLBACK and move.after in stack:
            stack = stack[: stack.index(move.after) + 1]
        elif move.after is not None:
            stack = [number for number in stack if number != move.after] + [move.after]
    return [number for number in reversed(stack) if number != position]

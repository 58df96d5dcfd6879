"""The history of a registered model's aliases. MLflow keeps none, so each move is a tag of the registered model.

As a tag it moves with the store. Each key is unique, so that writers at the same time lose nothing.
"""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import Any

import mlflow
from mlflow.entities.model_registry import RegisteredModel

LEDGER = "ledger."  # prefix of the tags
OUTSIDE = "outside"  # the action of a move that was not made through `move_alias`
STAMP = "%Y%m%dT%H%M%S%fZ"
KEY = re.compile(r"ledger\.\d{8}T\d{12}Z\.[0-9a-f]{8}")  # of a move; other tags may begin like it
LONGEST_VALUE = 4900  # characters; MLflow's limit is 5,000
LONGEST_TEXT = 1000  # characters of a reason, or of a piece of evidence


@dataclass(frozen=True)
class AliasMove:
    """A move of an alias.

    Attributes:
        alias: that was moved.
        before: version that it pointed to; None: to none.
        after: version that it points to from then on; None: it was removed.
        action: `register`, `promote`, `rollback`, `sync`, `remove` or `outside`.
        reason: for people.
        forced: whether it went against the gate's decision.
        evidence: what the move rests on, by name.
        who: moved it.
        when: in UTC, ISO 8601 to microseconds.
    """

    alias: str
    before: int | None
    after: int | None
    action: str
    reason: str
    forced: bool = False
    evidence: Mapping[str, Any] = field(default_factory=dict)
    who: str = ""
    when: str = ""


def read_ledger(name: str) -> list[AliasMove]:
    """Return the moves of all aliases of a registered model, the oldest first.

    Raises:
        MlflowException: there is no such model, or the store cannot be asked.
    """
    return ledger_of(mlflow.MlflowClient().get_registered_model(name))


def ledger_of(model: RegisteredModel) -> list[AliasMove]:
    """Return the moves that a registered model's tags record, the oldest first; what is no record is left out."""
    records = [_record(value) for key, value in sorted(model.tags.items()) if KEY.fullmatch(key)]
    return [record for record in records if record is not None]


def unreadable_moves(model: RegisteredModel) -> int:
    """Return how many of a registered model's tags are keys of the ledger with a value that is no record."""
    return sum(KEY.fullmatch(key) is not None and _record(value) is None for key, value in model.tags.items())


def append_move(name: str, move: AliasMove, after: AliasMove | None) -> AliasMove:
    """Write a move to the ledger; return it with its time.

    Args:
        name: of the registered model.
        move: its `when` is set here.
        after: the last move so far; the new one is later, whatever this machine's clock says.
    """
    now = datetime.now(UTC)
    if after is not None:
        now = max(now, datetime.fromisoformat(after.when) + timedelta(microseconds=1))
    written = _shortened(AliasMove(**{**asdict(move), "when": now.isoformat(timespec="microseconds")}))
    value = json.dumps(asdict(written), ensure_ascii=False)
    key = f"{LEDGER}{now.strftime(STAMP)}.{secrets.token_hex(4)}"
    mlflow.MlflowClient().set_registered_model_tag(name, key, value)
    return written


def tag_line(text: str) -> str:
    """Return a text as one line that is short enough for a tag."""
    joined = " ".join(text.split())
    return joined if len(joined) <= LONGEST_TEXT else joined[: LONGEST_TEXT - 1] + "…"


def _record(value: str) -> AliasMove | None:
    """Return the move that a tag's value is, fields of later versions of this project left out; None: it is none."""
    try:
        record = json.loads(value)
        move = AliasMove(**{one.name: record[one.name] for one in fields(AliasMove) if one.name in record})
        aware = datetime.fromisoformat(move.when).tzinfo is not None
    except (ValueError, TypeError, KeyError):
        return None
    numbers = all(number is None or type(number) is int for number in (move.before, move.after))
    texts = all(isinstance(text, str) for text in (move.alias, move.action, move.reason, move.who))
    return move if aware and numbers and texts and isinstance(move.evidence, dict) else None


def _shortened(move: AliasMove) -> AliasMove:
    """Return the move, its reason and evidence cut so that MLflow takes it as a tag."""
    evidence = {key: tag_line(value) if isinstance(value, str) else value for key, value in move.evidence.items()}
    short = AliasMove(**{**asdict(move), "reason": tag_line(move.reason), "evidence": evidence})
    if len(json.dumps(asdict(short), ensure_ascii=False)) <= LONGEST_VALUE:
        return short
    return AliasMove(**{**asdict(short), "evidence": {"left_out": "too long"}})

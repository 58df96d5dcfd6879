"""What differs between two models besides their predictions: settings and origin."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MISSING = "–"


@dataclass(frozen=True)
class ValuePair:
    """One setting or fact of two models.

    Attributes:
        name: key of the setting, or what the fact is about.
        a: of the first model, as text; `–` where it has none.
        b: of the second.
    """

    name: str
    a: str
    b: str

    @property
    def differs(self) -> bool:
        """Whether the two have another value."""
        return self.a != self.b


def value_pairs(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[ValuePair]:
    """Return all values of two models side by side, in the order of the first, then of the second.

    Args:
        a: values of the first model, by name.
        b: those of the second.
    """
    return [ValuePair(name, _text(a, name), _text(b, name)) for name in dict.fromkeys([*a, *b])]


def setting_changes(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[ValuePair]:
    """Return the settings that differ.

    Args:
        a: settings of the first model by dotted key.
        b: those of the second.
    """
    return [pair for pair in value_pairs(a, b) if pair.differs]


def _text(values: Mapping[str, Any], name: str) -> str:
    """Return a value as it is written in YAML's flow style: `null`, `true`, `[1, 2]`, text as it is."""
    if name not in values:
        return MISSING
    value = values[name]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)

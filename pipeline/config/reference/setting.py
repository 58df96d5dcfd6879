"""Every setting as a reader sees it: key, type and range in words, meaning, value in each file of conf/."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from pipeline.base.paths import CONF
from pipeline.config.hydra_api import compose_unresolved, to_values
from pipeline.config.overrides import quote_value
from pipeline.config.parse import sections_of
from pipeline.config.schema.search_schema import TuneConfig

NAMES = {int: "integer", float: "number", bool: "true or false", str: "text", type(None): "null"}
BOUNDS = (("ge", "≥"), ("gt", ">"), ("le", "≤"), ("lt", "<"))
NAMED = "NAME"  # stands for a key of the user's choice
NESTED = ("data/audit", "search/space")  # groups of conf/ within a group
PRIMARY = {"search": "tune"}  # the file in conf/ that lists a group, where it is not config.yaml


@dataclass(frozen=True)
class Setting:
    """One key of the configuration.

    Attributes:
        key: dotted, such as `recipe.learning_rate`.
        kind: type and range in words.
        meaning: what it does.
        default: the value where no file sets one; None if a file must.
    """

    key: str
    kind: str
    meaning: str
    default: Any = None

    @property
    def group(self) -> str:
        """The group in conf/ whose file sets it, such as `recipe` or `search/space`."""
        nested = (group for group in NESTED if self.key.startswith(f"{group.replace('/', '.')}."))
        return next(nested, self.key.partition(".")[0])


def all_settings(schema: type[BaseModel] = TuneConfig) -> list[Setting]:
    """Return every setting of `schema` that holds a value, in the schema's order."""
    return list(_settings(schema))


def choices(root: Path, group: str) -> list[str]:
    """Return the names of the files of a group of conf/, sorted."""
    return sorted(file.stem for file in (root / CONF / group).glob("*.yaml"))


def values_by_choice(root: Path, group: str) -> dict[str, dict[str, Any]]:
    """Return, for each file of a group, the values that conf/ has with it, interpolations left as they are."""
    primary = PRIMARY.get(group.partition("/")[0], "config")
    return {
        choice: to_values(compose_unresolved(root, [f"{group}={choice}"], primary, TuneConfig), resolve=False)
        for choice in choices(root, group)
    }


def value_text(values: dict[str, Any], setting: Setting) -> str:
    """Return the value as it would be typed, or the key that it follows; a dash for keys that a user names."""
    if f".{NAMED}." in setting.key:
        return "–"
    value: Any = values
    for part in setting.key.split("."):
        value = value.get(part, setting.default) if isinstance(value, dict) else setting.default
    if isinstance(value, dict):
        return ", ".join(value)
    if isinstance(value, str) and value.startswith("${") and value.count("${") == 1 and value.endswith("}"):
        return f"follows {value[2:-1].lstrip('.')}"
    return quote_value(value)


def _settings(section: type[BaseModel], prefix: str = "") -> Iterator[Setting]:
    for name, field in section.model_fields.items():
        inner = sections_of(field.annotation)
        if inner:
            named = f"{NAMED}." if get_origin(field.annotation) is dict else ""
            yield from _settings(inner[0], f"{prefix}{name}.{named}")
        else:
            default = None if field.is_required() else field.get_default(call_default_factory=True)
            yield Setting(prefix + name, _kind_of_field(field), field.description or "", default)


def _kind_of_field(field: FieldInfo) -> str:
    return _with_bounds(_kind(field.annotation), field.metadata)


def _kind(annotation: Any) -> str:
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _with_bounds(_kind(parts[0]), [m for field in parts[1:] for m in getattr(field, "metadata", [field])])
    if origin is Literal:
        return ", ".join(quote_value(part) for part in parts)
    if origin is list:
        return f"list: {_kind(parts[0])}"
    if origin is dict:
        return "mapping"
    if parts:
        first, *others = dict.fromkeys(_kind(part) for part in parts)
        return ", ".join([first, *(f"or {other}" for other in others)])
    return NAMES.get(annotation, "mapping")


def _with_bounds(kind: str, metadata: list[Any]) -> str:
    bounds = [
        f"{sign} {_number(getattr(item, name))}" for item in metadata for name, sign in BOUNDS if hasattr(item, name)
    ]
    return " ".join([kind, " and ".join(bounds)]).strip()


def _number(bound: float) -> str:
    return f"{bound:,}" if isinstance(bound, int) else f"{bound:g}"

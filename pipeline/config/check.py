"""A plain mapping in, a typed `Config` or one sentence out."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from pipeline.base.errors import PipelineError
from pipeline.config.schema import Config

Settings = TypeVar("Settings", bound=BaseModel)


def check(values: Mapping[str, Any], where: str) -> Config:
    """Return `values` as a `Config`.

    Args:
        values: nested plain values, as read from params.yaml.
        where: what to name as their origin in an error.

    Raises:
        PipelineError: an unknown or missing key, a wrong type, an impossible value.
    """
    return check_as(Config, values, where)


def check_as(schema: type[Settings], values: Mapping[str, Any], where: str) -> Settings:
    """Return `values` as `schema`; otherwise like `check`."""
    try:
        return schema.model_validate(values)
    except ValidationError as error:
        problems = [_problem(details, schema) for details in error.errors(include_url=False)]
        raise PipelineError(f"{where}: {'; '.join(dict.fromkeys(problems))}.") from None


def all_keys(schema: type[BaseModel] = Config) -> list[str]:
    """Return the dotted name of every key of the schema."""
    return list(_keys(schema))


def nearest(key: str, schema: type[BaseModel] = Config) -> str | None:
    """Return the known key that `key` is most likely a misspelling of, if any."""
    known = all_keys(schema)
    found = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
    if found:
        return found[0]
    leaf = key.rpartition(".")[2]
    leaves = {name.rpartition(".")[2]: name for name in reversed(known)}
    found = difflib.get_close_matches(leaf, leaves, n=1, cutoff=0.7)
    return leaves[found[0]] if found else None


def unknown_key(key: str, schema: type[BaseModel] = Config) -> str:
    """Return the sentence part for a key that does not exist."""
    guess = nearest(key, schema)
    return f"unknown key {key!r}" + (f" (did you mean {guess!r}?)" if guess else "")


def _keys(section: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in section.model_fields.items():
        yield prefix + name
        for kind in _sections(field.annotation):
            yield from _keys(kind, f"{prefix}{name}.")


def _sections(kind: Any) -> list[type[BaseModel]]:
    """Return the section that an annotation is, or is if it is not null."""
    return [part for part in (kind, *get_args(kind)) if isinstance(part, type) and issubclass(part, BaseModel)]


def _problem(details: Mapping[str, Any], schema: type[BaseModel]) -> str:
    key, value = _dotted(details["loc"]), details["input"]
    match details["type"]:
        case "extra_forbidden":
            return unknown_key(key, schema)
        case "missing":
            return f"{key} is missing"
        case "literal_error":
            return f"{key} must be one of {details['ctx']['expected'].replace(' or ', ', ')}, got {value!r}" + _guess(
                value, details["loc"], schema
            )
        case "value_error":
            reason = str(details["ctx"]["error"])
            return f"in {key}: {reason}" if key else reason
        case _:
            reason = details["msg"].replace("Input should be", "must be").replace("List should have", "must have")
            return f"{key} {reason[0].lower()}{reason[1:]}, got {value!r}"


def _guess(value: Any, location: Sequence[str | int], schema: type[BaseModel]) -> str:
    options = _options(location, schema)
    found = difflib.get_close_matches(str(value), options, n=1)
    return f" (did you mean {found[0]!r}?)" if found else ""


def _options(location: Sequence[str | int], schema: type[BaseModel]) -> list[str]:
    section: Any = schema
    for part in location:
        section = _sections(section)[0].model_fields[str(part)].annotation
    choices = [get_args(option) or (option,) for option in get_args(section)]  # a choice may be "one of these, or null"
    return [str(choice) for group in choices for choice in group]


def _dotted(location: Sequence[str | int]) -> str:
    return ".".join(str(part) for part in location)

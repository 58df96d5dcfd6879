"""A plain mapping in, a typed `Config` or one sentence out."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from pipeline.base.errors import PipelineError
from pipeline.config.schema import Config


def check(values: Mapping[str, Any], where: str) -> Config:
    """Return `values` as a `Config`.

    Args:
        values: nested plain values, as read from params.yaml.
        where: what to name as their origin in an error.

    Raises:
        PipelineError: an unknown or missing key, a wrong type, an impossible value.
    """
    try:
        return Config.model_validate(values)
    except ValidationError as error:
        problems = [_problem(details) for details in error.errors(include_url=False)]
        raise PipelineError(f"{where}: {'; '.join(dict.fromkeys(problems))}.") from None


def all_keys() -> list[str]:
    """Return the dotted name of every key of the schema."""
    return list(_keys(Config))


def nearest(key: str) -> str | None:
    """Return the known key that `key` is most likely a misspelling of, if any."""
    found = difflib.get_close_matches(key, all_keys(), n=1, cutoff=0.6)
    if found:
        return found[0]
    leaf = key.rpartition(".")[2]
    leaves = {name.rpartition(".")[2]: name for name in reversed(all_keys())}
    found = difflib.get_close_matches(leaf, leaves, n=1, cutoff=0.7)
    return leaves[found[0]] if found else None


def unknown_key(key: str) -> str:
    """Return the sentence part for a key that does not exist."""
    guess = nearest(key)
    return f"unknown key {key!r}" + (f" (did you mean {guess!r}?)" if guess else "")


def _keys(section: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in section.model_fields.items():
        kind = field.annotation
        yield prefix + name
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _keys(kind, f"{prefix}{name}.")


def _problem(details: Mapping[str, Any]) -> str:
    key, value = _dotted(details["loc"]), details["input"]
    match details["type"]:
        case "extra_forbidden":
            return unknown_key(key)
        case "missing":
            return f"{key} is missing"
        case "literal_error":
            return f"{key} must be one of {details['ctx']['expected'].replace(' or ', ', ')}, got {value!r}" + _guess(
                value, details["loc"]
            )
        case "value_error":
            reason = str(details["ctx"]["error"])
            return f"in {key}: {reason}" if key else reason
        case _:
            reason = details["msg"].replace("Input should be", "must be").replace("List should have", "must have")
            return f"{key} {reason[0].lower()}{reason[1:]}, got {value!r}"


def _guess(value: Any, location: Sequence[str | int]) -> str:
    options = _options(location)
    found = difflib.get_close_matches(str(value), options, n=1)
    return f" (did you mean {found[0]!r}?)" if found else ""


def _options(location: Sequence[str | int]) -> list[str]:
    section: Any = Config
    for part in location:
        section = section.model_fields[str(part)].annotation
    choices = [get_args(option) or (option,) for option in get_args(section)]  # a choice may be "one of these, or null"
    return [str(choice) for group in choices for choice in group]


def _dotted(location: Sequence[str | int]) -> str:
    return ".".join(str(part) for part in location)

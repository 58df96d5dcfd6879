"""A mapping of plain values in, a typed configuration or one sentence out."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from pipeline.base.errors import PipelineError, did_you_mean, nearest
from pipeline.config.schema.pipeline_schema import Config
from pipeline.config.secret_check import check_secrets

Settings = TypeVar("Settings", bound=BaseModel)
NAMED = 6  # problems in a message


def parse_config(values: Mapping[str, Any], origin: str) -> Config:
    """Return `values` as a `Config`.

    Args:
        values: nested plain values, as read from params.yaml.
        origin: what to name in an error as the place that they come from.

    Raises:
        PipelineError: an unknown or missing key, a wrong type, an impossible value, a secret in an address.
    """
    return parse_settings(Config, values, origin)


def parse_settings(schema: type[Settings], values: Mapping[str, Any], origin: str) -> Settings:
    """Return `values` as `schema`; otherwise like `parse_config`.

    Args:
        schema: the typed section.
        values: nested plain values.
        origin: what to name in an error.

    Raises:
        PipelineError: as `parse_config`.
    """
    check_secrets(values, origin)
    try:
        return schema.model_validate(values)
    except ValidationError as error:
        problems = [_problem(details, schema) for details in error.errors(include_url=False)]
        problems = list(dict.fromkeys(problems))
        more = f"; and {len(problems) - NAMED} more problems" if len(problems) > NAMED + 1 else ""
        raise PipelineError(f"{origin}: {'; '.join(problems[: NAMED if more else None])}{more}.") from None


def all_keys(schema: type[BaseModel] = Config) -> list[str]:
    """Return the dotted name of every key of the schema, sections included."""
    return list(_keys(schema))


def missing_keys(values: Mapping[str, Any], schema: type[BaseModel] = Config) -> list[str]:
    """Return the dotted name of every key that the schema asks for and `values` lack.

    Args:
        values: nested plain values.
        schema: the typed section.
    """
    missing = []
    for name, field in schema.model_fields.items():
        if name not in values:
            missing += [name] if field.is_required() else []
        elif isinstance(values[name], Mapping):
            for kind in sections_of(field.annotation):
                missing += [f"{name}.{key}" for key in missing_keys(values[name], kind)]
    return missing


def sections_of(annotation: Any) -> list[type[BaseModel]]:
    """Return the section that an annotation is, if it is one (or one or null)."""
    parts = (annotation, *get_args(annotation))
    return [part for part in parts if isinstance(part, type) and issubclass(part, BaseModel)]


def unknown_key_message(key: str, schema: type[BaseModel] = Config) -> str:
    """Return the part of a sentence that names a key that does not exist, and the nearest one that does."""
    known = all_keys(schema)
    leaf_names = [name.rpartition(".")[2] for name in known]
    by_leaf = dict(zip(reversed(leaf_names), reversed(known), strict=True))
    last = key.rpartition(".")[2]
    guess = by_leaf.get(key)  # perhaps the last part alone was typed, or it is right and the section is another
    guess = guess or (by_leaf[last] if leaf_names.count(last) == 1 else nearest(key, known))
    if not guess and (leaf := nearest(key.rpartition(".")[2], by_leaf, cutoff=0.7)):
        guess = by_leaf[leaf]
    return f"unknown key {key!r}{did_you_mean(guess)}"


def _keys(section: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in section.model_fields.items():
        yield prefix + name
        for kind in sections_of(field.annotation):
            yield from _keys(kind, f"{prefix}{name}.")


def _problem(details: Mapping[str, Any], schema: type[BaseModel]) -> str:
    key, value = _dotted(details["loc"]), details["input"]
    match details["type"]:
        case "extra_forbidden":
            return unknown_key_message(key, schema)
        case "missing":
            return f"{key} is missing"
        case "literal_error":
            options = details["ctx"]["expected"].replace(" or ", ", ")
            guess = nearest(str(value), _options(details["loc"], schema))
            return f"{key} must be one of {options}, got {value!r}{did_you_mean(guess)}"
        case "value_error":
            reason = str(details["ctx"]["error"])
            return f"in {key}: {reason}" if key else reason
        case _:
            reason = details["msg"].replace("Input should be", "must be").replace("List should have", "must have")
            return f"{key} {reason[0].lower()}{reason[1:]}, got {value!r}"


def _options(location: Sequence[str | int], schema: type[BaseModel]) -> list[str]:
    section: Any = schema
    for part in location:
        section = sections_of(section)[0].model_fields[str(part)].annotation
    choices = [get_args(option) or (option,) for option in get_args(section)]  # a choice may be "one of these, or null"
    return [str(choice) for group in choices for choice in group]


def _dotted(location: Sequence[str | int]) -> str:
    return ".".join(str(part) for part in location)

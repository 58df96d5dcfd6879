"""What a composed configuration sets besides conf/, found by comparing it with conf/ alone.

DVC composes conf/ itself in `dvc exp run` and keeps no record of the `-S` overrides. The resolver
`${overrides:}` sees the composed configuration at that moment, composes conf/ once more with the same
choice of files, and writes the difference into params.yaml. A later check composes with these overrides and
so can tell an override from an edit in conf/.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from hydra.core.override_parser.types import Quote, QuotedString
from omegaconf import DictConfig, ListConfig, OmegaConf

from pipeline.base.addresses.credentials import masked
from pipeline.base.errors import PipelineError
from pipeline.base.paths import CONF, project_root
from pipeline.config.dataset_slug import register_dataset_resolver
from pipeline.config.hydra_api import compose_unresolved, flatten, to_values
from pipeline.config.parse import parse_config

RESOLVER = "overrides"
UNQUOTED = re.compile(r"/?[A-Za-z_](?:[A-Za-z0-9_./-]|:(?=[A-Za-z0-9_/]))*")  # strings that need no quotes
NOT_STRINGS = {"null", "true", "false", "nan", "inf"}  # unless they are in quotes
MARKS_IN_KEYS = re.compile(r"([\\()\[\]{}:=, \t])")  # Hydra reads them in the key of a mapping after a backslash
INTERPOLATION = re.compile(r"(\\*)\$\{")
_root: ContextVar[Path | None] = ContextVar("root", default=None)


@contextmanager
def overrides_from(root: Path) -> Iterator[None]:
    """Within the block, `${overrides:}` compares with `root`/conf; elsewhere with the project around the cwd."""
    register_resolvers()
    token = _root.set(root)
    try:
        yield
    finally:
        _root.reset(token)


def register_resolvers() -> None:
    """Make `${overrides:}` and `${dataset:}` known to OmegaConf; calling it again changes nothing."""
    register_dataset_resolver()
    if not OmegaConf.has_resolver(RESOLVER):
        OmegaConf.register_new_resolver(RESOLVER, _resolve)


def find_overrides(config: DictConfig, root: Path) -> list[str]:
    """Return the overrides, in Hydra's grammar, that turn plain conf/ into `config`.

    Args:
        config: a composed configuration whose interpolations are not resolved yet.
        root: the project whose conf/ it was composed from.
    """
    values = to_values(config, resolve=False)
    choices, base = _chosen_files(values, root)
    chosen = _with_base_keys(values, base)
    changed = {key: value for key, value in chosen.items() if key not in base or base[key] != value}
    changed.pop(RESOLVER, None)
    return choices + [f"{key}={quote_value(value)}" for key, value in changed.items()]


def quote_value(value: Any) -> str:
    """Return `value` in Hydra's override grammar, strings in quotes only where they need them."""
    if value is None:
        return "null"
    if isinstance(value, str):
        if UNQUOTED.fullmatch(value) and value.lower() not in NOT_STRINGS:
            return value
        return QuotedString(value, Quote.single).with_quotes()
    if isinstance(value, list):
        return "[" + ",".join(quote_value(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ",".join(f"{_quote_key(str(key))}:{quote_value(item)}" for key, item in value.items()) + "}"
    return repr(value) if isinstance(value, float) else json.dumps(value)


def _quote_key(key: str) -> str:
    return MARKS_IN_KEYS.sub(r"\\\1", key)


def _with_base_keys(values: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values by dotted key; a mapping in place of a single value of `base` stays one value."""
    flat = flatten(values)
    for key, value in base.items():
        if key not in flat and value is None:
            under = [name for name in flat if name.startswith(f"{key}.")]
            if under:
                flat[key] = _at(values, key)
                for name in under:
                    del flat[name]
    return flat


def _at(values: Mapping[str, Any], key: str) -> Any:
    found: Any = values
    for part in key.split("."):
        found = found[part]
    return found


def _resolve(*, _root_: DictConfig) -> ListConfig:
    root = _root.get()
    if root:
        return ListConfig(_checked_overrides(_root_, root))
    try:
        return ListConfig(_checked_overrides(_root_, project_root()))
    except PipelineError as error:
        # DVC is composing: it would call any other exception an unexpected error.
        raise SystemExit(masked(f"error: {error}")) from None


def _checked_overrides(config: DictConfig, root: Path) -> list[str]:
    """Return the overrides, their interpolations escaped, if the schema accepts the whole configuration."""
    overrides = find_overrides(config, root)
    values = to_values(config, resolve=False) | {RESOLVER: []}
    parse_config(to_values(OmegaConf.create(values), resolve=True), "the settings composed from conf/")
    return [INTERPOLATION.sub(r"\1\1\\${", override) for override in overrides]


def _chosen_files(values: Mapping[str, Any], root: Path) -> tuple[list[str], dict[str, Any]]:
    """Return the choices of files other than the default ones, and the flat settings that they give.

    Each file states its own name.
    """
    preset = values.get("preset")
    chosen = [f"experiment={preset}"] if preset else []
    default = to_values(compose_unresolved(root, chosen), resolve=False)
    files = []
    for folder in sorted(path for path in (root / CONF).iterdir() if path.is_dir()):
        name = values.get(folder.name, {}).get("name")
        if folder.name in default and name != default[folder.name]["name"] and (folder / f"{name}.yaml").is_file():
            files.append(f"{folder.name}={name}")
    if files:  # composing takes a fifth of a second
        default = to_values(compose_unresolved(root, [*chosen, *files]), resolve=False)
    return [*chosen, *files], flatten(default)

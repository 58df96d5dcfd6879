"""What a composed configuration sets beside conf/, found again by comparing it with conf/ alone.

DVC composes conf/ itself in `dvc exp run` and keeps no record of the `-S` overrides. The resolver
`${overrides:}` sees the composed configuration at that moment, composes conf/ once more with the same
choice of groups, and writes the difference into params.yaml. A later check composes with it and so
can tell an override from an edit in conf/.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, ListConfig, OmegaConf

from pipeline.base.errors import PipelineError
from pipeline.base.paths import CONF, project_root
from pipeline.config.check import check
from pipeline.config.hydra_conf import flat, plain, unresolved

RESOLVER = "overrides"
PLAIN = re.compile(r"/?[A-Za-z_](?:[A-Za-z0-9_./-]|:(?=[A-Za-z0-9_/]))*")  # strings that need no quotes
NOT_STRINGS = {"null", "true", "false", "nan", "inf"}  # unless they are quoted
BEFORE_QUOTE = re.compile(r"(\\*)('|$)")
INTERPOLATION = re.compile(r"(\\*)\$\{")
_composing: ContextVar[Path | None] = ContextVar("composing", default=None)


@contextmanager
def composing(root: Path) -> Iterator[None]:
    """Within the block, `${overrides:}` compares with `root`/conf (elsewhere: with the project around the cwd)."""
    register_resolver()
    token = _composing.set(root)
    try:
        yield
    finally:
        _composing.reset(token)


def register_resolver() -> None:
    """Make `${overrides:}` known to OmegaConf; calling it again changes nothing."""
    if not OmegaConf.has_resolver(RESOLVER):
        OmegaConf.register_new_resolver(RESOLVER, _resolve)


def found_overrides(config: DictConfig, root: Path) -> list[str]:
    """Return the overrides, in Hydra's grammar, that turn plain conf/ into `config`.

    Args:
        config: a composed configuration whose interpolations are not resolved yet.
        root: the project whose conf/ it was composed from.
    """
    values = plain(config, resolve=False)
    choices = _choices(values, root)
    base = flat(plain(unresolved(root, choices), resolve=False))
    changed = {key: value for key, value in flat(values).items() if key not in base or base[key] != value}
    changed.pop(RESOLVER, None)
    return choices + [f"{key}={quoted(value)}" for key, value in changed.items()]


def quoted(value: Any) -> str:
    """Return `value` in Hydra's override grammar.

    In a quoted string only the backslashes before a quote are escapes (Hydra's documentation of the grammar).
    """
    if value is None:
        return "null"
    if isinstance(value, str):
        if PLAIN.fullmatch(value) and value.lower() not in NOT_STRINGS:
            return value
        escaped = BEFORE_QUOTE.sub(lambda found: found[1] * 2 + ("\\'" if found[2] else ""), value)
        return f"'{escaped}'"
    if isinstance(value, list):
        return "[" + ",".join(quoted(item) for item in value) + "]"
    return repr(value) if isinstance(value, float) else json.dumps(value)


def _resolve(*, _root_: DictConfig) -> ListConfig:
    root = _composing.get()
    if root:
        return ListConfig(_checked_overrides(_root_, root))
    try:
        return ListConfig(_checked_overrides(_root_, project_root()))
    except PipelineError as error:
        # Here DVC composes: it would call any other exception an unexpected error.
        raise SystemExit(f"error: {error}") from None


def _checked_overrides(config: DictConfig, root: Path) -> list[str]:
    """Return the overrides, the interpolations in them escaped, if the schema accepts the whole."""
    overrides = found_overrides(config, root)
    values = plain(config, resolve=False) | {RESOLVER: []}
    check(plain(OmegaConf.create(values), resolve=True), "the settings composed from conf/")
    return [INTERPOLATION.sub(r"\1\1\\${", override) for override in overrides]


def _choices(values: Mapping[str, Any], root: Path) -> list[str]:
    """Name the chosen group files that are not the default; every group file states its own name."""
    preset = values.get("preset")
    chosen = [f"experiment={preset}"] if preset else []
    default = plain(unresolved(root, chosen), resolve=False)
    for folder in sorted(path for path in (root / CONF).iterdir() if path.is_dir()):
        name = values.get(folder.name, {}).get("name")
        if folder.name in default and name != default[folder.name]["name"] and (folder / f"{name}.yaml").is_file():
            chosen.append(f"{folder.name}={name}")
    return chosen

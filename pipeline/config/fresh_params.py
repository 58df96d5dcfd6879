"""Whether params.yaml is what conf/ composes to."""

import shlex
from collections.abc import Mapping
from pathlib import Path

from pipeline.base.errors import PipelineError
from pipeline.base.paths import PARAMS
from pipeline.config.compose import changed_keys, compose
from pipeline.config.overrides import quote_value
from pipeline.config.params_file import COMMAND, read_values, recorded_overrides


def check_fresh(root: Path) -> None:
    """Pass if params.yaml is what conf/ composes to with the overrides it records.

    Raises:
        PipelineError: it is not; the sentence names the keys and the command to run.
    """
    overrides = recorded_overrides(root)
    changed = changed_keys(read_values(root), compose(root, overrides))
    changed.pop("overrides", None)
    if changed:
        shown = [
            f"{key} is {quote_value(old)}, conf/ says {quote_value(new)}"
            for key, (old, new) in visible_changes(changed).items()
        ]
        if unset := len(changed) - len(shown):
            shown.append(f"{unset} key{'s' * (unset > 1)} with null in one of them only")
        keys = ", ".join(shown)
        command = " ".join([COMMAND, *map(shlex.quote, overrides)])
        raise PipelineError(
            f"{PARAMS} differs from conf/ ({keys}); to take the values of conf/: {command} "
            f"(to keep a value of your own, add it: KEY=VALUE)"
        )


def visible_changes(changed: Mapping[str, tuple[object, object]]) -> dict[str, tuple[object, object]]:
    """Return the changes without those of a key that is null before or after, and missing otherwise."""
    return {key: values for key, values in changed.items() if values != (None, None)}

"""One setting explained: `python -m pipeline.params --explain KEY`."""

from collections.abc import Sequence
from pathlib import Path

from pipeline.base.errors import PipelineError
from pipeline.base.paths import PARAMS
from pipeline.config.hydra_api import compose_unresolved, to_values
from pipeline.config.params_file import recorded_overrides
from pipeline.config.parse import unknown_key_message
from pipeline.config.reference.setting import PRIMARY, all_settings, choices, value_text, values_by_choice
from pipeline.config.reference.setting_origin import setting_origin
from pipeline.config.schema.search_schema import TuneConfig


def explain(root: Path, key: str, overrides: Sequence[str] = ()) -> str:
    """Return a setting's meaning, type and range, its value and what sets it, and its value in each file of conf/.

    Args:
        root: the project's folder.
        key: dotted, such as `recipe.learning_rate`; of a section, such as `recipe`, all its values are returned.
        overrides: to compose conf/ with; those that params.yaml records if there are none.

    Raises:
        PipelineError: no such key, or an impossible override.
    """
    found = [setting for setting in all_settings() if setting.key == key or setting.key.startswith(f"{key}.")]
    if not found:
        raise PipelineError(f"{unknown_key_message(key, TuneConfig)}; all settings are in docs/settings.md")
    setting = found[0]
    primary = PRIMARY.get(setting.group.partition("/")[0], "config")
    recorded = recorded_overrides(root, tuple(overrides)) if (root / PARAMS).is_file() else []
    used = [*recorded, *overrides]
    values = to_values(compose_unresolved(root, used, primary, TuneConfig), resolve=False)
    if setting.key != key:
        return "\n".join(f"{one.key}: {value_text(values, one)}   ({one.kind})" for one in found)
    lines = [
        f"{key}: {setting.kind}",
        f"  {setting.meaning}",
        f"  value: {value_text(values, setting)}, set by {setting_origin(root, key, used, primary)}",
    ]
    by_choice = {name: value_text(other, setting) for name, other in values_by_choice(root, setting.group).items()}
    if len(choices(root, setting.group)) > 1:
        lines.append(f"  in conf/{setting.group}/: {', '.join(f'{name} {text}' for name, text in by_choice.items())}")
    return "\n".join(lines)

"""What a preset changes, as overrides."""

import pytest

from pipeline.config.compose import compose
from pipeline.config.reference.preset import preset_changes


@pytest.mark.parametrize("preset", ["photos", "smoke"])
def test_the_overrides_are_the_same_as_the_preset(root, preset):
    path = ["data.path=photos"] if preset == "photos" else []
    chosen = compose(root, [f"experiment={preset}", *path])
    same = compose(root, [*preset_changes(root)[preset], *path])
    assert {key: chosen[key] for key in same if key not in ("preset", "overrides")} == {
        key: same[key] for key in same if key not in ("preset", "overrides")
    }


def test_every_preset_is_there(root):
    assert list(preset_changes(root)) == sorted(file.stem for file in (root / "conf/experiment").glob("*.yaml"))

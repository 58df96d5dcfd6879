"""What several tests share."""

from pathlib import Path
from typing import Any

import pytest

from pipeline.base.paths import project_root
from pipeline.base.quiet import import_tensorflow
from pipeline.config.check import check
from pipeline.config.compose import compose
from pipeline.config.schema import Config

ROOT = Path(__file__).parents[1]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that no worker is left alone with one at the end."""
    items.sort(key=lambda item: (item.path.stem != "test_readme", "end_to_end" not in item.path.parts))


@pytest.fixture(scope="session")
def root() -> Path:
    """The project itself; tests read it and write nothing in it."""
    return project_root(ROOT)


@pytest.fixture(scope="session")
def config(root: Path) -> Config:
    """The default settings."""
    return check(compose(root), "conf/")


@pytest.fixture(scope="session")
def keras() -> Any:
    """Keras on TensorFlow, imported when a test asks for it."""
    import_tensorflow()
    import keras

    return keras

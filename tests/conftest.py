"""What several tests share."""

from pathlib import Path

import pytest

from pipeline.base.paths import project_root
from pipeline.config.check import check
from pipeline.config.compose import compose
from pipeline.config.schema import Config

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The project itself; tests read it and write nothing in it."""
    return project_root(ROOT)


@pytest.fixture(scope="session")
def config(root: Path) -> Config:
    """The default settings."""
    return check(compose(root), "conf/")

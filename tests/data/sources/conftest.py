"""What the tests of sources share."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from pipeline.config.schema.data_schema import DataConfig


@pytest.fixture
def photos(tmp_path) -> Callable[..., Path]:
    """Return what makes tmp_path/photos with an image in each of the named files; a name that ends in / is a folder."""

    def photos(*files: str) -> Path:
        for name in files:
            place = tmp_path / "photos" / name
            (place if name.endswith("/") else place.parent).mkdir(parents=True, exist_ok=True)
            if not name.endswith("/"):
                Image.new("RGB", (4, 4)).save(place, "PNG")
        return tmp_path / "photos"

    return photos


@pytest.fixture
def source(config) -> Callable[..., DataConfig]:
    """Return what makes the settings of a folder of photos."""

    def source(path: object, **settings: object) -> DataConfig:
        given = {"source": "folder", "path": str(path), "depends_on": str(path), **settings}
        return config.data.model_copy(update=given)

    return source

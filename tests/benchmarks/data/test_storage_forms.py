"""The benchmark of the forms in which images could lie on the disk."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from benchmarks.data.storage.containers import ArrayRecord
from benchmarks.data.storage_forms import HEADS, jpeg_files, main
from pipeline.base.errors import PipelineError


@pytest.fixture
def photos(tmp_path):
    """A zip archive of 70 smooth photos."""
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        for number in range(70):
            coarse = np.random.default_rng(number).integers(0, 256, (3, 4, 3), np.uint8)
            photo = io.BytesIO()
            Image.fromarray(coarse).resize((40, 30), Image.Resampling.BICUBIC).save(photo, "JPEG", quality=95)
            archive.writestr(f"a/{number:02d}.jpg", photo.getvalue())
    return tmp_path / "photos.zip"


def test_it_prints_a_row_for_each_form_beside_raw_pixels(photos):
    lines = main(photos, 16, 64).splitlines()
    assert lines[0] == "64 images, prepared at 16×16"
    rows = [line for line in lines if line.startswith("|")]
    assert {row.count("|") for row in rows} == {1 + len(HEADS)}
    assert len(rows) == 2 + (8 if ArrayRecord.installed() else 6)
    assert rows[2].startswith("| pixels in .npy shards (as now) | 770 | 1.0 |")
    assert rows[2].endswith("| 1.0 |")


def test_files_come_from_a_folder_too(photos, tmp_path):
    with zipfile.ZipFile(photos) as archive:
        archive.extractall(tmp_path / "folder")
    assert jpeg_files(tmp_path / "folder", 70) == jpeg_files(photos, 70)


def test_too_few_photos_are_refused(tmp_path):
    with pytest.raises(PipelineError, match="has 0 JPEG files"):
        jpeg_files(tmp_path, 100)

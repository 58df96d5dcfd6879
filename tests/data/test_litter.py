import pytest

from pipeline.data.litter import is_litter


@pytest.mark.parametrize(
    "name",
    [".DS_Store", "._a.jpg", ".git", "Thumbs.db", "thumbs.db", "ehthumbs.db", "Desktop.ini", "Icon\r", "__MACOSX",
     "$RECYCLE.BIN", "System Volume Information", "@eaDir", "lost+found", "photo.jpg~"],
)  # fmt: skip
def test_what_operating_systems_leave_is_litter(name):
    assert is_litter(name)


@pytest.mark.parametrize("name", ["photo.jpg", "Icon", "thumbs", "icon.png", "~photo.jpg", "a.b", "desktop.ini.jpg"])
def test_a_photo_is_not(name):
    assert not is_litter(name)

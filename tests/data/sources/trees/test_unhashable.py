import os
import subprocess
import sys

import pytest

from pipeline.data.sources.trees.unhashable import files_dvc_cannot_hash


def test_ordinary_files_and_links_can_be_hashed(photos, tmp_path):
    path = photos("a/1.png", "b/1.png")
    (path / "a/2.png").symlink_to("1.png")
    (path / "b/up").symlink_to("..")
    for place in (path, path / "a/1.png", tmp_path / "nowhere"):
        assert files_dvc_cannot_hash(place) == []


@pytest.mark.skipif(sys.platform != "linux", reason="other systems make no such files and names")
def test_what_dvc_would_stop_at_is_named(photos):
    """REPORTS row 5."""
    path = photos("a/1.png", "b/1.png")
    (path / "a/.gone").symlink_to("nowhere.png")
    (path / "a/loop").symlink_to("loop")
    (path / "c").symlink_to("nowhere")
    os.mkfifo(path / "b/pipe.png")
    (path / "b/.dvcignore").touch()
    with open(os.fsencode(path / "b") + b"/caf\xe9.png", "wb"):  # noqa: PTH123
        pass
    assert files_dvc_cannot_hash(path) == [
        ("a/.gone", "a link to nothing"),
        ("a/loop", "a link to itself"),
        ("b/.dvcignore", "DVC accepts .dvcignore in the project's folder, not below data.path"),
        ("b/caf\\udce9.png", "a name that is not valid UTF-8"),
        ("b/pipe.png", "a named pipe"),
        ("c", "a link to nothing"),
    ]


def test_what_dvc_ignores_is_not_in_its_way(photos, tmp_path):
    path = photos("a/1.png")
    (path / "a/gone").symlink_to("nowhere")
    (path / "a/gone too").symlink_to("nowhere")
    subprocess.run([sys.executable, "-m", "dvc", "init", "--no-scm", "-q"], cwd=tmp_path, check=True)
    (tmp_path / ".dvcignore").write_text("photos/a/gone\n")
    assert files_dvc_cannot_hash(path, tmp_path) == [("a/gone too", "a link to nothing")]

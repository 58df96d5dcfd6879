from PIL import Image

from benchmarks.data.preparation.photo_set import originals, write_photos
from tests.data.audit.scenes import scene


def test_photos_of_any_size_and_number(tmp_path):
    (tmp_path / "from").mkdir()
    for number in range(3):
        scene(number).save(tmp_path / "from" / f"{number}.png")
    (tmp_path / "from" / "notes.txt").write_text("no photo", encoding="utf-8")
    photos = originals(str(tmp_path / "from"), 2)
    assert len(photos) == 2
    write_photos(tmp_path / "to", photos, 5, (60, 40))
    files = sorted((tmp_path / "to").rglob("*.jpg"))
    assert len({file.read_bytes() for file in files}) == 5
    for file in files:
        with Image.open(file) as image:
            assert image.size == (60, 40)

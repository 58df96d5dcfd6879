import pytest
from PIL import Image

from pipeline.config.schema.audit_schema import AuditConfig
from pipeline.data.pack import pack_images
from pipeline.data.sources.folder import list_tree
from pipeline.data.sources.trees.open_tree import open_tree
from pipeline.data.survey import audit_listing
from tests.data.audit.scenes import scene


@pytest.fixture
def findings(tmp_path):
    """Return the findings about each file of a folder."""

    def findings(**settings):
        listing = list_tree(open_tree(str(tmp_path / "photos"), tmp_path))
        config = AuditConfig(exact_duplicate="warn", near_duplicate="ignore", small_class="ignore", **settings)
        manifest = audit_listing(listing, config).manifest
        return dict(zip(manifest["path"], manifest["verdict"], strict=True))

    return findings


def save(folder, name, image, **options):
    (folder / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
    image.save(folder / "photos" / name, **options)


def test_equal_pixels_in_different_formats_are_the_same_picture(tmp_path, findings):
    for name in ("a.png", "b.bmp", "c.webp"):
        save(tmp_path, f"cat/{name}", scene(1, (60, 50)), **({"lossless": True} if name == "c.webp" else {}))
    other = scene(1, (60, 50))
    other.putpixel((0, 0), (1, 2, 3))
    save(tmp_path, "cat/d.png", other)
    save(tmp_path, "dog/e.png", scene(2, (60, 50)))
    assert findings() == {"cat/a.png": "exact_duplicate", "cat/b.bmp": "exact_duplicate",
                          "cat/c.webp": "exact_duplicate", "cat/d.png": "ok", "dog/e.png": "ok"}  # fmt: skip


def test_a_large_jpeg_is_the_same_picture_as_what_it_decodes_to(tmp_path, findings):
    """Of large JPEGs only a reduced picture is decoded, unless another file may be the same."""
    for number in (1, 2):
        save(tmp_path, f"cat/{number}.jpg", scene(number, (1200, 900)), quality=90)
        with Image.open(tmp_path / f"photos/cat/{number}.jpg") as image:
            save(tmp_path, f"cat/{number}.png", image)
    save(tmp_path, "dog/3.jpg", scene(3, (1200, 900)))
    jpeg = (tmp_path / "photos/cat/1.jpg").read_bytes()
    (tmp_path / "photos/dog/1.jpg").write_bytes(jpeg[:2] + b"\xff\xfe\x00\x09comment" + jpeg[2:])
    assert findings(label_conflict="warn") == {
        "cat/1.jpg": "label_conflict",
        "cat/1.png": "label_conflict",
        "cat/2.jpg": "exact_duplicate",
        "cat/2.png": "exact_duplicate",
        "dog/1.jpg": "label_conflict",
        "dog/3.jpg": "ok",
    }


def test_pictures_that_are_equal_only_after_resizing_are_not_the_same(config, tmp_path):
    for label, value in (("cat", 10), ("dog", 11)):
        for number in range(2):
            image = scene(number, (640, 480))
            image.putpixel((320, 240), (value, value, value))
            save(tmp_path, f"{label}/{number}.png", image)
    audit = AuditConfig(near_label_conflict="ignore", near_split_leak="ignore", near_duplicate="ignore")
    data = config.data.model_copy(update={"height": 16, "width": 16, "source": "folder", "audit": audit})
    (tmp_path / "packed").mkdir()
    listing = list_tree(open_tree(str(tmp_path / "photos"), tmp_path))
    found = pack_images(listing, data, tmp_path / "packed").audit
    assert set(found.manifest["verdict"]) == {"ok"}

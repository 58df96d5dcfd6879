"""What TIFF images need before they are decoded."""

from PIL import Image

from .unreadable_error import UnreadableError

WIDTH, HEIGHT = 256, 257  # tags


def prepare_tiff(opened: Image.Image) -> None:
    """Check that the file has all rows, and give a large image its memory; other formats are left alone.

    Pillow leaves missing rows black. It checks the size of an image that has no memory yet by a global limit.

    Args:
        opened: an image whose pixels are not decoded yet.

    Raises:
        UnreadableError: rows are missing.
    """
    tags = getattr(opened, "tag_v2", None)
    if not tags:
        return
    width, height = tags[WIDTH], tags[HEIGHT]  # before EXIF's rotation
    rows = max((tile[1][3] for tile in getattr(opened, "tile", [])), default=height)
    if rows < height:
        raise UnreadableError(f"only {rows:,} of {height:,} rows are there", "truncated")
    if Image.MAX_IMAGE_PIXELS is not None and width * height > Image.MAX_IMAGE_PIXELS:
        opened.im = Image.new(opened.mode, (width, height), None).im

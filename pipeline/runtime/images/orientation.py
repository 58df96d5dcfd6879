"""How a camera was held: EXIF's orientation."""

from PIL import ExifTags, Image

TRANSPOSED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip
SIDEWAYS = (5, 6, 7, 8)  # orientations that swap width and height


def orientation(image: Image.Image) -> int:
    """Return EXIF's orientation, 1 to 8; a broken EXIF block, for which Pillow may raise anything, is ignored."""
    if image.format == "JPEG" and "exif" not in image.info and "xmp" not in image.info:
        return 1  # without asking Pillow, which takes a while for nothing
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:
        return 1

"""How much memory an image takes while it is decoded, from its header."""

from PIL import Image

BYTES_PER_PIXEL = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2}  # in Pillow; other modes take 4
RGB = 4  # bytes per pixel of a copy that is turned or converted
COPIED = ("exif", "xmp", "XML:com.adobe.xmp", "transparency")  # what may ask for such a copy
DEEP = ("I", "F")  # first letters of modes with numbers of 16 or 32 bits, of which several copies are scaled
DEEP_COPIES = 24  # bytes per pixel
COEFFICIENTS = 6  # bytes per original pixel: a progressive JPEG is read whole before its pixels are computed
ROW_BY_ROW = (
    "JPEG",
    "MPO",
    "PNG",
    "BMP",
    "DIB",
    "GIF",
    "PPM",
    "TIFF",
)  # formats decoded without a buffer of all pixels
BUFFERED = 8  # bytes per pixel of the others' buffers


def memory_of(opened: Image.Image, original: tuple[int, int], file_bytes: int = 0) -> int:
    """Return about how many bytes it takes to decode an image, to turn it upright and to convert it to RGB.

    Args:
        opened: before its pixels are decoded; its size is the one that the decoder will give it.
        original: width and height in the file.
        file_bytes: size of the file, if it is not in memory yet.
    """
    pixels = opened.width * opened.height
    per_pixel = BYTES_PER_PIXEL.get(opened.mode, 4)
    if opened.mode != "RGB" or any(name in opened.info for name in COPIED):
        per_pixel += RGB
    if opened.mode.startswith(DEEP):
        per_pixel += DEEP_COPIES
    if opened.format not in ROW_BY_ROW:
        return pixels * (per_pixel + BUFFERED) + file_bytes
    progressive = COEFFICIENTS if opened.info.get("progressive") else 0
    return pixels * per_pixel + original[0] * original[1] * progressive

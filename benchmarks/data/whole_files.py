"""Small image files of every format that Pillow can write, and a HEIC photo."""

import io
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

HEIC = Path(__file__).parents[2] / "tests" / "runtime" / "images" / "halves.heic"
# Name: Pillow's format, mode of the pixels, options of writing.
KINDS: dict[str, tuple[str, str, dict[str, object]]] = {
    "JPEG": ("JPEG", "RGB", {}),
    "JPEG progressive": ("JPEG", "RGB", {"progressive": True}),
    "JPEG gray": ("JPEG", "L", {}),
    "JPEG CMYK": ("JPEG", "CMYK", {}),
    "JPEG EXIF": ("JPEG", "RGB", {"exif": True}),
    "MPO": ("MPO", "RGB", {"save_all": True}),
    "PNG": ("PNG", "RGB", {}),
    "PNG palette": ("PNG", "P", {"transparency": 3}),
    "PNG alpha": ("PNG", "RGBA", {}),
    "PNG 16 bits": ("PNG", "I;16", {}),
    "PNG animated": ("PNG", "RGB", {"save_all": True}),
    "GIF": ("GIF", "P", {}),
    "GIF animated": ("GIF", "P", {"save_all": True}),
    "BMP": ("BMP", "RGB", {}),
    "BMP palette": ("BMP", "P", {}),
    "DIB": ("DIB", "RGB", {}),
    "WEBP": ("WEBP", "RGB", {}),
    "WEBP lossless": ("WEBP", "RGBA", {"lossless": True}),
    "WEBP animated": ("WEBP", "RGB", {"save_all": True}),
    "AVIF": ("AVIF", "RGB", {}),
    "TIFF": ("TIFF", "RGB", {}),
    "TIFF LZW": ("TIFF", "RGB", {"compression": "tiff_lzw"}),
    "TIFF deflate": ("TIFF", "RGB", {"compression": "tiff_adobe_deflate"}),
    "TIFF JPEG": ("TIFF", "RGB", {"compression": "jpeg"}),
    "TIFF packbits": ("TIFF", "P", {"compression": "packbits"}),
    "TIFF fax": ("TIFF", "1", {"compression": "group4"}),
    "TIFF float": ("TIFF", "F", {}),
    "TIFF 16 bits": ("TIFF", "I;16", {}),
    "TIFF CMYK": ("TIFF", "CMYK", {}),
    "TIFF LAB": ("TIFF", "LAB", {}),
    "JPEG2000": ("JPEG2000", "RGB", {}),
    "JPEG2000 stream": ("JPEG2000", "L", {"no_jp2": True}),
    "ICO": ("ICO", "RGBA", {}),
    "ICO BMP": ("ICO", "RGBA", {"bitmap_format": "bmp"}),
    "ICNS": ("ICNS", "RGBA", {}),
    "PPM": ("PPM", "RGB", {}),
    "PGM": ("PPM", "L", {}),
    "PBM": ("PPM", "1", {}),
    "PFM": ("PPM", "F", {}),
    "TGA": ("TGA", "RGB", {}),
    "TGA RLE": ("TGA", "RGBA", {"compression": "tga_rle"}),
    "PCX": ("PCX", "RGB", {}),
    "SGI": ("SGI", "RGB", {}),
    "QOI": ("QOI", "RGBA", {}),
    "DDS": ("DDS", "RGBA", {}),
    "DDS DXT1": ("DDS", "RGB", {"pixel_format": "DXT1"}),
    "BLP": ("BLP", "P", {}),
    "IM": ("IM", "RGB", {}),
    "MSP": ("MSP", "1", {}),
    "SPIDER": ("SPIDER", "F", {}),
    "XBM": ("XBM", "1", {}),
}
NAMES = (*KINDS, "HEIC")


@cache
def whole_file(name: str) -> bytes:
    """Return a small whole file of a kind that NAMES has."""
    if name == "HEIC":
        return HEIC.read_bytes()
    form, mode, options = KINDS[name]
    noise = np.random.default_rng(0).integers(0, 256, (5, 6, 3), np.uint8)
    image = Image.fromarray(noise).resize((48, 40), Image.Resampling.BICUBIC)
    chosen = dict(options)
    if chosen.get("exif"):
        exif = Image.Exif()
        exif[0x0112], exif[0x010F] = 6, "camera"
        chosen["exif"] = exif
    frame = _converted(image, mode)
    if chosen.get("save_all"):
        chosen["append_images"] = [frame.transpose(Image.Transpose.ROTATE_180)]
    buffer = io.BytesIO()
    frame.save(buffer, form, **chosen)
    return buffer.getvalue()


def _converted(image: Image.Image, mode: str) -> Image.Image:
    if mode == "I;16":
        return Image.fromarray(np.asarray(image.convert("L"), np.uint16) * 257)
    if mode == "LAB":
        return Image.frombytes("LAB", image.size, image.tobytes())
    return image.convert(mode)

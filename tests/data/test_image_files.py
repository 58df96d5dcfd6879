from PIL import Image

from pipeline.data.image_files import SUFFIXES
from pipeline.runtime.images.image_format import NOT_READ


def test_every_suffix_of_a_format_that_is_read_is_known():
    Image.init()
    pillow = {
        suffix
        for suffix, form in Image.registered_extensions().items()
        if form in {*Image.OPEN, "MPO"} - NOT_READ and form != "HEIF"
    }
    assert pillow | {".heic", ".heif", ".hif"} == SUFFIXES

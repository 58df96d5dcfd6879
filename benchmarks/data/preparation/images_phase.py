"""The images phase of preparing a folder: decoded, measured, resized and written."""

import sys
import tempfile
import time
from pathlib import Path

from pipeline.config.compose import compose
from pipeline.config.parse import parse_config
from pipeline.data.pack import pack_images
from pipeline.data.sources import list_source


def main(folder: str, side: int) -> float:
    """Return its seconds."""
    settings = ["data=folder", f"data.path={folder}", f"data.height={side}", f"data.width={side}", "data.mirror=false"]
    config = parse_config(compose(Path.cwd(), settings), "conf").data
    listing = list_source(config, Path.cwd())
    with tempfile.TemporaryDirectory() as place:
        start = time.perf_counter()
        pack_images(listing, config, Path(place))
        return time.perf_counter() - start


if __name__ == "__main__":
    print(main(sys.argv[1], int(sys.argv[2])))

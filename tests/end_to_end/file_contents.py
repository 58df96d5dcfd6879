"""The bytes of every file below a folder, decompressed."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
from PIL import Image


def contents_below(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of each file, and of what is in it where it is an archive, a table or an image."""
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            yield from _contents(str(file.relative_to(folder)), file.read_bytes())


def _contents(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    yield name, data
    if data[:4] == b"PAR1":
        table = pq.read_table(io.BytesIO(data))
        yield name, f"{table.schema.metadata} {table.to_pylist()}".encode()
    elif name.endswith(".json"):
        yield name, json.dumps(json.loads(data), ensure_ascii=False).encode()
    elif name.endswith(".png"):
        yield name, str(Image.open(io.BytesIO(data)).info).encode()
    elif zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                yield from _contents(f"{name}/{member}", archive.read(member))

"""Prepared data of any size in seconds: a manifest, and sparse shards, which take no place on the disk."""

import math
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.base.files import write_json
from pipeline.data.dataset import INFO, MANIFEST, DatasetInfo
from pipeline.data.packing.shard_writer import images_per_shard
from pipeline.data.shards import shard_file

CLASSES = [str(number) for number in range(10)]
SPLITS = np.array(["train"] * 8 + ["validation", "test"])
ROWS = 1_000_000  # of the manifest that are made at once


def write_fake_data(folder: Path, images: int, shape: tuple[int, int, int]) -> None:
    """Write prepared data of black images of `shape`, (height, width, channels), 80% of them for training."""
    most = images_per_shard(shape)
    for number in range(-(-images // most)):
        held = min(most, images - number * most)
        with shard_file(folder, number).open("wb") as handle:
            header = {"descr": "|u1", "fortran_order": False, "shape": (held, *shape)}
            np.lib.format.write_array_header_1_0(handle, header)
            handle.truncate(handle.tell() + held * math.prod(shape))
    schema = pa.Schema.from_pandas(_rows(0, 1), preserve_index=False)
    with pq.ParquetWriter(folder / MANIFEST, schema) as writer:
        for start in range(0, images, ROWS):
            rows = _rows(start, min(images, start + ROWS))
            writer.write_table(pa.Table.from_pandas(rows, schema, preserve_index=False))
    write_json(folder / INFO, asdict(DatasetInfo("fake", CLASSES, list(shape), "stretch", "0" * 64)))


def _rows(start: int, end: int) -> pd.DataFrame:
    numbers = np.arange(start, end)
    labels = numbers // len(SPLITS) % len(CLASSES)
    digests = np.random.default_rng(start).bytes(32 * len(numbers)).hex()
    return pd.DataFrame(
        {
            "path": [f"{label}/{number:08d}.jpg" for label, number in zip(labels, numbers, strict=True)],
            "label": labels.astype(str),
            "class_index": labels.astype(np.int32),
            "split": SPLITS[numbers % len(SPLITS)],
            "group": pd.array([None] * len(numbers), "str"),
            "weight": 1.0,
            "digest": [digests[place : place + 64] for place in range(0, len(digests), 64)],
            "width": 640,
            "height": 480,
            "position": numbers,
        }
    )

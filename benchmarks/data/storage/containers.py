"""Files that hold the bytes of many images, which can be read by their numbers."""

from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.data.packing.mapped_file import map_file

Reader = Callable[[Sequence[int]], list[bytes]]
ARRAY_RECORD = "array_record.python.array_record_module"
ROWS = 32  # of a row group in Parquet, which is read as a whole


class Container(Protocol):
    """A way to keep many values."""

    @staticmethod
    def write(folder: Path, values: Sequence[bytes]) -> None:
        """Write values into a folder."""

    @staticmethod
    def reader(folder: Path) -> Reader:
        """Return what reads values by their numbers."""


class OneAfterAnother:
    """A file of all values and one of their ends."""

    @staticmethod
    def write(folder: Path, values: Sequence[bytes]) -> None:
        """Write both files."""
        with (folder / "values").open("wb") as file:
            file.writelines(values)
        np.save(folder / "ends.npy", np.cumsum([0, *map(len, values)]))

    @staticmethod
    def reader(folder: Path) -> Reader:
        """Return what reads slices of the mapped file."""
        values, ends = map_file(folder / "values"), np.load(folder / "ends.npy")
        return lambda numbers: [values[ends[number] : ends[number + 1]].tobytes() for number in numbers]


class Parquet:
    """A binary column."""

    @staticmethod
    def write(folder: Path, values: Sequence[bytes]) -> None:
        """Write the table, compressed by zstd."""
        table = pa.table({"image": pa.array(values, pa.binary())})
        pq.write_table(table, folder / "images.parquet", row_group_size=ROWS, compression="zstd", use_dictionary=False)

    @staticmethod
    def reader(folder: Path) -> Reader:
        """Return what reads the row group of each value."""
        file = pq.ParquetFile(folder / "images.parquet", memory_map=True)

        def value(number: int) -> Any:
            group = file.read_row_group(number // ROWS, columns=["image"], use_threads=False)
            return group.column("image")[number % ROWS].as_py()

        return lambda numbers: [value(number) for number in numbers]


class ArrayRecord:
    """Google's array_record, with one value in each group so that they can be read in any order."""

    @staticmethod
    def installed() -> bool:
        """Return whether it can be imported."""
        return find_spec("array_record") is not None

    @staticmethod
    def write(folder: Path, values: Sequence[bytes]) -> None:
        """Write one file."""
        writer = import_module(ARRAY_RECORD).ArrayRecordWriter(str(folder / "images.array_record"), "group_size:1")
        for value in values:
            writer.write(value)
        writer.close()

    @staticmethod
    def reader(folder: Path) -> Reader:
        """Return what reads a list of values at once."""
        options = "readahead_buffer_size:0,max_parallelism:0"
        reader = import_module(ARRAY_RECORD).ArrayRecordReader(str(folder / "images.array_record"), options)
        return lambda numbers: list(reader.read(numbers))

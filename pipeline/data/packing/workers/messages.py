"""What processes send each other through pipes; arrays are not copied on the way."""

import pickle
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any

COUNT, LENGTH = "<I", "Q"


@dataclass(frozen=True)
class Chunk:
    """Consecutive images to decode.

    Attributes:
        start: index of the first in the listing.
        contents: of the images, see ChunkDecoder.
    """

    start: int
    contents: Sequence[Any]


@dataclass(frozen=True)
class MemoryNeeded:
    """A large image waits until it may take memory; any answer allows it.

    Attributes:
        size: in bytes.
    """

    size: int


def send(pipe: IO[bytes], message: object) -> None:
    """Write an object.

    Raises:
        OSError: the other end is closed.
    """
    buffers: list[pickle.PickleBuffer] = []
    parts = [memoryview(pickle.dumps(message, 5, buffer_callback=buffers.append)), *(one.raw() for one in buffers)]
    pipe.write(struct.pack(f"{COUNT}{len(parts)}{LENGTH}", len(parts), *(part.nbytes for part in parts)))
    for part in parts:
        pipe.write(part)
    pipe.flush()


def receive(pipe: IO[bytes]) -> Any:
    """Return the next object, which a process of this program has sent.

    Raises:
        EOFError: the other end was closed.
    """
    (count,) = struct.unpack(COUNT, _read(pipe, struct.calcsize(COUNT)))
    lengths = struct.unpack(f"<{count}{LENGTH}", _read(pipe, count * struct.calcsize(f"<{LENGTH}")))
    message, *buffers = [_read(pipe, length) for length in lengths]
    return pickle.loads(message, buffers=buffers)


def _read(pipe: IO[bytes], length: int) -> bytearray:
    part = bytearray(length)
    if pipe.readinto(part) < length:  # type: ignore[attr-defined] # a buffered reader stops at the end of the file only
        raise EOFError("the other process has ended")
    return part

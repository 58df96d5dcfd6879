"""Image files damaged in all ways that chance and other programs find: each is a function of a seed and a number."""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.data.whole_files import NAMES, whole_file

EXTREMES = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
CHUNKS = (b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"tRNS", b"PLTE", b"pHYs", b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"acTL",
          b"fcTL", b"fdAT", b"sBIT", b"bKGD", b"hIST", b"tIME", b"IHDR", b"IDAT", b"IEND")  # fmt: skip
Random = np.random.Generator


@dataclass(frozen=True)
class DamagedFile:
    """A damaged file, with the kind of the whole one and of the damage."""

    kind: str
    damage: str
    content: bytes


def damaged_file(seed: int, number: int) -> DamagedFile:
    """Return the file that belongs to a seed and a number."""
    random = np.random.default_rng([seed, number])
    kind = NAMES[number % len(NAMES)]
    special = SPECIAL.get(kind[:3])
    if special and random.random() < 0.5:
        damage, change = special
    else:
        damage, change = DAMAGES[random.integers(len(DAMAGES))]
    return DamagedFile(kind, damage, change(whole_file(kind), random))


def _at(content: bytes | bytearray, random: Random) -> int:
    """Return a position: half of them in the first 200 bytes, where headers are."""
    return int(random.integers(min(len(content), 200) if random.random() < 0.5 else len(content)))


def _cut(content: bytes, random: Random) -> bytes:
    return content[: _at(content, random)]


def _bits(content: bytes, random: Random) -> bytes:
    changed = bytearray(content)
    for _ in range(int(random.integers(1, 20))):
        changed[_at(content, random)] ^= 1 << int(random.integers(8))
    return bytes(changed)


def _numbers(content: bytes, random: Random) -> bytes:
    changed = bytearray(content)
    for _ in range(int(random.integers(1, 4))):
        at, value = _at(content, random), EXTREMES[random.integers(len(EXTREMES))]
        width = int(random.choice([1, 2, 4]))
        changed[at : at + width] = (value % 256**width).to_bytes(width, str(random.choice(["big", "little"])))
    return bytes(changed)


def _block(content: bytes, random: Random) -> bytes:
    """Leave out a block, insert a random one, or double one."""
    at, length = _at(content, random), int(random.integers(1, 64))
    inserted = [b"", content[at : at + length] * 2, random.bytes(length)][random.integers(3)]
    return content[:at] + inserted + content[at + length :]


def _swapped(content: bytes, random: Random) -> bytes:
    other = whole_file(NAMES[random.integers(len(NAMES))])
    at = int(random.choice([4, 8, 12, 16, 32, 64, 128]))
    return other[:at] + content[at:]


def _joined(content: bytes, random: Random) -> bytes:
    other = whole_file(NAMES[random.integers(len(NAMES))])
    return content[: _at(content, random)] + other if random.random() < 0.5 else content + other


def _noise(content: bytes, random: Random) -> bytes:
    return content[: int(random.choice([0, 2, 4, 8, 12, 32]))] + random.bytes(int(random.integers(2000)))


def _chunk(content: bytes, random: Random) -> bytes:
    """Insert a chunk of any name and length, with a right CRC, into a PNG file, or replace the body of one."""
    places, at = [], 8
    while at < len(content):
        places.append(at)
        at += 12 + struct.unpack(">I", content[at : at + 4])[0]
    at = places[random.integers(len(places))]
    length = struct.unpack(">I", content[at : at + 4])[0]
    name, end = CHUNKS[random.integers(len(CHUNKS))], at
    if random.random() < 0.5:
        name, end = content[at + 4 : at + 8], at + 12 + length
    body = random.bytes(int(random.integers(40)))
    if random.random() < 0.3:
        body = zlib.compress(body)
    checked = name + body
    return (
        content[:at] + struct.pack(">I", len(body)) + checked + struct.pack(">I", zlib.crc32(checked)) + content[end:]
    )


def _tag(content: bytes, random: Random) -> bytes:
    """Change the number, type, count or value of tags in the directories of a TIFF file (or of EXIF in MPO)."""
    start = max(content.find(b"II*\0"), content.find(b"MM\0*"))
    order = "<" if content[start : start + 1] == b"I" else ">"
    directory = start + struct.unpack(f"{order}I", content[start + 4 : start + 8])[0]
    entries = struct.unpack(f"{order}H", content[directory : directory + 2])[0]
    changed = bytearray(content)
    for _ in range(int(random.integers(1, 4))):
        entry = directory + 2 + 12 * int(random.integers(max(entries, 1)))
        offset, layout = ((0, "H"), (2, "H"), (4, "I"), (8, "I"))[random.integers(4)]
        small = int(random.integers(20)) if random.random() < 0.6 else EXTREMES[random.integers(len(EXTREMES))]
        width = struct.calcsize(layout)
        changed[entry + offset : entry + offset + width] = struct.pack(f"{order}{layout}", small % 256**width)
    return bytes(changed)


Damage = Callable[[bytes, Random], bytes]
DAMAGES: tuple[tuple[str, Damage], ...] = (
    ("cut", _cut),
    ("bits", _bits),
    ("numbers", _numbers),
    ("block", _block),
    ("swapped header", _swapped),
    ("joined", _joined),
    ("noise", _noise),
)
SPECIAL: dict[str, tuple[str, Damage]] = {"PNG": ("chunk", _chunk), "TIF": ("tag", _tag), "MPO": ("tag", _tag)}

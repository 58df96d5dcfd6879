"""What the images of a listing come as, cut into chunks."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from pipeline.data.packing.decoding.chunk_decoder import ImageContent
from pipeline.data.record import Record
from pipeline.data.sources.trees.file_tree import TreeFile
from pipeline.data.sources.trees.local_tree import LocalReader

MOST_BYTES = 2**21  # of files that this process reads for one chunk
READERS = 16  # files of a remote source that are read at the same time


class ListingContents:
    """Reads the images of a listing, except those in local files, which whoever decodes them reads.

    Args:
        records: of the listing.
    """

    def __init__(self, records: Sequence[Record]) -> None:
        self.records = records
        self._readers = ThreadPoolExecutor(READERS, "reading") if any(map(_waits, records[:1])) else None

    def end(self, start: int, most: int) -> int:
        """Return the index after a chunk's last image: its files have 2 MiB at most, if there are several.

        Args:
            start: index of its first.
            most: images in it.
        """
        total = 0
        for index in range(start, min(start + most, len(self.records))):
            total += self._size(index)
            if total > MOST_BYTES:
                return max(index, start + 1)
        return min(start + most, len(self.records))

    def size(self, start: int, end: int) -> int:
        """Return how many bytes reading consecutive images takes, as far as it is known before."""
        return sum(map(self._size, range(start, end)))

    def read(self, start: int, end: int) -> list[ImageContent]:
        """Return the contents of consecutive images; may be called from several threads."""
        records = self.records[start:end]
        return list(self._readers.map(_content, records) if self._readers else map(_content, records))

    def _size(self, index: int) -> int:
        content = self.records[index].content
        return content.size if isinstance(content, TreeFile) else 0

    def close(self) -> None:
        """Stop reading."""
        if self._readers:
            self._readers.shutdown(wait=True, cancel_futures=True)


def _waits(record: Record) -> bool:
    reader = record.content.reader if isinstance(record.content, TreeFile) else None
    return reader is not None and reader.waits


def _content(record: Record) -> ImageContent:
    if not isinstance(record.content, TreeFile):
        return record.content
    if isinstance(record.content.reader, LocalReader):
        return record.content.reader.place(record.content.path)
    try:
        return record.content.read()
    except OSError as error:
        return error

"""Groups of images that belong together, by their paths."""

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.base.errors import PipelineError
from pipeline.base.printable import printable
from pipeline.data.record import Record
from pipeline.data.sources.listing import Listing


def subfolder_group(path: str, folder: str) -> str | None:
    """Return the name of the first folder below a class folder that a file is in; None if it is in no such folder.

    Args:
        path: of the file.
        folder: path of the class folder that it is in, directly or not.
    """
    first, slash, _ = path[len(folder) + 1 :].partition("/")
    return first if slash else None


def with_pattern_groups(listing: Listing, pattern: str) -> Listing:
    """Return the listing with the group that `pattern` finds in each image's path.

    The group is what the first parentheses match, or else the whole match. An image whose path does not match, or
    where that is empty, has no group; the listing then has a warning.

    Args:
        listing: what the source holds.
        pattern: regular expression, searched for anywhere in the path.

    Raises:
        PipelineError: it matches no path.
    """
    search = re.compile(pattern).search
    records = [replace(record, group=_group(search(record.path))) for record in listing.records]
    without = [record for record in records if record.group is None]
    if records and len(without) == len(records):
        raise PipelineError(
            f"data.group_pattern={pattern!r} matches no path, such as {printable(records[0].path)}; "
            f"correct it (it is searched for in paths below data.path), or set data.groups=none"
        )
    return replace(listing, records=records, warnings=[*listing.warnings, *_warnings(without, len(records))])


def _group(match: re.Match[str] | None) -> str | None:
    return (match[1 if match.re.groups else 0] or None) if match else None


def _warnings(without: Sequence[Record], count: int) -> list[str]:
    if not without:
        return []
    return [
        f"warning: data.group_pattern does not match the paths of {len(without):,} of {count:,} images, such as "
        f"{printable(without[0].path)}; each of them is a group by itself"
    ]

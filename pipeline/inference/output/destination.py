"""Where predictions go: a file, which appears whole also after Ctrl-C, or standard output."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console

from pipeline.base.errors import PipelineError, one_line
from pipeline.base.files import atomic_file
from pipeline.base.printable import printable
from pipeline.inference.output.text_table import PlainLines, TerminalTable
from pipeline.inference.output.writers import CsvWriter, JsonLinesWriter, ParquetWriter, Writer

FORMATS = ("table", "csv", "jsonl", "parquet")
SUFFIXES = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet", ".txt": "table"}


@dataclass(frozen=True)
class OutputOptions:
    """How predictions are written.

    Attributes:
        kind: one of `FORMATS`.
        file: to write, or None for standard output.
        classes: class names in index order.
        top: how many classes to name for an image.
        labeled: whether the images' classes are known.
    """

    kind: str
    file: Path | None
    classes: Sequence[str]
    top: int
    labeled: bool


def output_kind(kind: str | None, file: Path | None) -> str:
    """Return the format to write: `kind`, or what the file's suffix says, or a table.

    Raises:
        PipelineError: a format that cannot go to standard output should, or a suffix says nothing.
    """
    if file and not kind and file.suffix.lower() not in SUFFIXES:
        raise PipelineError(f"--output {file}: end it in {', '.join(SUFFIXES)}, or add --format")
    kind = kind or (SUFFIXES[file.suffix.lower()] if file else "table")
    if kind == "parquet" and file is None:
        raise PipelineError("--format parquet needs --output FILE: it is not text")
    return kind


@contextmanager
def open_writer(options: OutputOptions, paths: Sequence[str], console: Console) -> Iterator[Writer]:
    """Yield a writer; a file appears when the block ends, and after Ctrl-C with what was written until then.

    Args:
        options: how and where.
        paths: of the images to come.
        console: the terminal, for a table.

    Raises:
        PipelineError: the file cannot be written.
    """
    if options.file is None:
        yield _writer(options, sys.stdout, paths, console)
        return
    interrupt = None
    try:
        with atomic_file(options.file.resolve()) as partial:
            text = options.kind != "parquet"
            with partial.open("w", encoding="utf-8", newline="") if text else nullcontext(partial) as target:
                writer = _writer(options, target, paths, None)
                try:
                    yield writer
                except KeyboardInterrupt as error:
                    interrupt = error
                writer.close()
    except OSError as error:
        raise PipelineError(f"cannot write {options.file}: {one_line(error)}") from None
    if interrupt:
        raise interrupt


def _writer(options: OutputOptions, target: TextIO | Path, paths: Sequence[str], console: Console | None) -> Writer:
    classes, top = options.classes, options.top
    if isinstance(target, Path):
        return ParquetWriter(target, classes, labeled=options.labeled)
    if options.kind == "csv":
        return CsvWriter(target, classes, top, labeled=options.labeled)
    if options.kind == "jsonl":
        return JsonLinesWriter(target, classes, top, labeled=options.labeled)
    if console and console.is_terminal:
        longest = max(cell_len(printable(path)) for path in paths)
        return TerminalTable(console, classes, top, len(paths), longest)
    return PlainLines(target, classes, top)

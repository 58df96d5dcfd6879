"""Look at the images of any folder, archive or table: `python -m pipeline.audit PATH`."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from pipeline.base.command import EXIT_FINDING, run_command
from pipeline.base.errors import PipelineError
from pipeline.base.printable import printable
from pipeline.config.parse import parse_settings
from pipeline.config.schema.audit_schema import AuditConfig
from pipeline.config.schema.data_schema import TableConfig

COMMAND = "python -m pipeline.audit"
EXAMPLES = f"""examples:
  {COMMAND} photos
  {COMMAND} photos.zip --fix-list fix.csv --fail-on warn
  {COMMAND} photos --table labels.csv --column path=file_name --column split=fold
  {COMMAND} photos --set near_duplicate=ignore --set limits.dark=20
"""


def main(options: argparse.Namespace) -> bool:
    """Audit what the options name and write the page; return whether there is a finding that must fail.

    Raises:
        PipelineError: nothing is there, or an impossible option.
    """
    from pipeline.data.audit.fix_list import write_fix_list
    from pipeline.data.counts import audit_lines
    from pipeline.data.sources.any_source import list_any
    from pipeline.data.survey import audit_listing
    from pipeline.report.audit.audit_gallery import Gallery
    from pipeline.report.audit.audit_page import write_audit_page

    config = audit_config(options.set)
    _check_outputs(options.output, options.fix_list)
    table = _table_config(options.table, options.column)
    written = [file for file in (options.output, options.fix_list) if file]
    listing = list_any(options.path, options.layout, table, written)
    audit = audit_listing(listing, config)
    actions = config.actions
    gallery = Gallery(audit, audit.manifest, listing.records, listing.classes, actions, config.limits.pixels)
    public = options.path.partition("?")[0] if "://" in options.path else str(Path(options.path).absolute())
    write_audit_page(options.output, gallery.content(Path(public).name, {"source": public}))
    for line in audit_lines(audit, config):
        print(line)
    files, classes = len(audit.manifest), len(listing.classes)
    print(f"files: {files:,}, classes: {classes:,}; the report: {printable(str(options.output))}")
    if options.fix_list:
        rows = write_fix_list(options.fix_list, audit)
        print(f"rows in {printable(str(options.fix_list))}: {rows:,}")
    failing = {"drop": {"drop", "stop"}, "warn": {"drop", "stop", "warn"}, "never": set()}[options.fail_on]
    return any(actions[name] in failing for name in audit.counts)


def _check_outputs(page: Path, fix_list: Path | None) -> None:
    """Refuse outputs that cannot be written, or that replace something else, before the work begins."""
    for path, suffix in ((page, ".html"), (fix_list, ".csv")):
        if path is None:
            continue
        if path.suffix.lower() != suffix:
            raise PipelineError(f"{printable(str(path))!r} must end in {suffix}")
        folder = path.absolute().parent
        if path.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
            raise PipelineError(f"{printable(str(path))} cannot be written; its folder must exist and be writable")


def _table_config(table: str | None, columns: Sequence[str]) -> TableConfig | None:
    values: dict[str, str] = {}
    for column in columns:
        kind, equals, name = column.partition("=")
        if not equals or kind not in ("path", "label", "split", "group"):
            raise PipelineError(f"--column {column!r} is not KIND=NAME, where KIND is path, label, split or group")
        values[kind] = name
    if columns and not table:
        raise PipelineError("--column needs --table")
    return parse_settings(TableConfig, {"file": table, **values}, "--column") if table else None


def audit_config(settings: Sequence[str]) -> AuditConfig:
    """Return the audit's settings with some of them changed.

    Args:
        settings: KEY=VALUE, with keys of `data.audit`.

    Raises:
        PipelineError: an unknown key or an impossible value.
    """
    import yaml

    values = AuditConfig().model_dump()
    for setting in settings:
        key, equals, text = setting.partition("=")
        section, _, name = key.removeprefix("data.audit.").rpartition(".")
        if not equals or section not in ("", "limits") or name == "limits":
            raise PipelineError(f"--set {setting!r} is not KEY=VALUE with a key such as near_duplicate or limits.dark")
        try:
            value = yaml.safe_load(text)
        except yaml.YAMLError:
            raise PipelineError(f"--set {setting!r}: the value cannot be read") from None
        place = values["limits"] if section else values
        place[name] = float(value) if isinstance(place.get(name), float) and isinstance(value, int) else value
    return parse_settings(AuditConfig, values, "--set")


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=COMMAND,
        description="Find duplicates, leaks between splits, contradictory labels and damaged, dark, blurred or odd "
        "images, and write a page about them. Nothing in PATH is changed.",
        epilog=EXAMPLES + f"exit code: 0 nothing that --fail-on names, {EXIT_FINDING} something, 1 an error.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("path", metavar="PATH", help="folder, .zip or .tar archive, or the address of one (s3://...)")
    parser.add_argument("--output", type=Path, default=Path("audit.html"), help="the page (default: %(default)s)")
    parser.add_argument("--fix-list", type=Path, metavar="FILE", help="write a CSV of files to move or to look at")
    parser.add_argument(
        "--fail-on",
        choices=("drop", "warn", "never"),
        default="drop",
        help=f"exit with {EXIT_FINDING} for findings that drop an image or stop, or for warnings too, or never",
    )
    parser.add_argument(
        "--layout",
        choices=("auto", "classes"),
        default="auto",
        help="auto: splits and classes by the folders' names (default); classes: the top folders are classes",
    )
    parser.add_argument("--table", metavar="FILE", help="table below PATH with the columns path and label")
    parser.add_argument(
        "--column", action="append", default=[], metavar="KIND=NAME", help="column of the path, label, split or group"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="change a key of data.audit (docs/settings.md)",
    )
    return parser.parse_args()


def _command() -> None:
    if main(_parse()):
        sys.exit(EXIT_FINDING)


if __name__ == "__main__":
    run_command(_command)

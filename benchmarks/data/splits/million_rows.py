"""Processor time and memory of a manifest and a table of a million rows.

    python -m benchmarks.data.splits.million_rows
    python -m benchmarks.data.splits.million_rows --rows 100000

The manifest is read as training reads it, split, checked and written; the table (CSV) is read, and listed as a source
whose files are all there. The images are of 1,000 classes, 40% of them in groups of about five, 2% in pairs of near
duplicates; no image is decoded. Each line of the table is a fresh process; its memory is the most that it held.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

CLASSES = 1000
GROUPED, GROUP_SIZE, PAIRED = 0.4, 5, 0.02
MANIFEST, TABLE, PAIRS = "measured.parquet", "labels.csv", "pairs.npy"


def main() -> None:
    """Make the files, measure each case in a process, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    print(f"| {rows:,} rows | processor time, s | most memory, MB |\n| --- | ---: | ---: |")
    with TemporaryDirectory() as folder:
        _run("make", folder, str(rows))
        for case, (title, _) in CASES.items():
            seconds, megabytes = json.loads(_run(case, folder))
            print(f"| {title} | {seconds:.1f} | {megabytes:.0f} |", flush=True)


def make_files(folder: Path, rows: int) -> None:
    """Write a manifest as the audit leaves it, pairs of near duplicates, and a table of the same images."""
    import numpy as np
    import pandas as pd

    random = np.random.default_rng(0)
    label = random.integers(0, CLASSES, rows)
    groups = random.integers(0, max(1, int(rows * GROUPED) // GROUP_SIZE), rows)
    digests = random.bytes(32 * rows).hex()
    manifest = pd.DataFrame(
        {
            "path": [f"class {name:04d}/IMG_{number:08d}.jpg" for number, name in enumerate(label)],
            "label": [f"class {name:04d}" for name in label],
            "split": pd.Series([None] * rows, dtype="str"),
            "group": pd.Series([f"patient {group}" for group in groups]).where(random.random(rows) < GROUPED),
            "weight": 1.0,
            "digest": [digests[start : start + 64] for start in range(0, 64 * rows, 64)],
            "picture": np.arange(rows),
            "width": 640,
            "height": 480,
            "spread": 90.0,
            "sharpness": 9.0,
            "verdict": "ok",
            "reason": "",
            "position": np.arange(rows),
            "brightness": 120.0,
        }
    )
    manifest.to_parquet(folder / MANIFEST)
    manifest[["path", "label", "group"]].to_csv(folder / TABLE, index=False)
    np.save(folder / PAIRS, random.integers(0, rows, (int(rows * PAIRED / 2), 2)))


def read(folder: Path) -> None:
    """Read the manifest as `Dataset` does."""
    import pandas as pd

    pd.read_parquet(folder / MANIFEST)


def split(folder: Path, method: str, folds: int | None = None) -> None:
    """Read the manifest, then split, check, count and write it as `prepare` does."""
    import numpy as np
    import pandas as pd

    from pipeline.base.paths import project_root
    from pipeline.config.compose import compose
    from pipeline.config.parse import parse_config
    from pipeline.data.audit.cases import COLUMNS
    from pipeline.data.audit.image_audit import Audit
    from pipeline.data.counts import count_images
    from pipeline.data.final_manifest import split_images

    data = parse_config(compose(project_root(Path.cwd())), "conf/").data
    division = data.split.model_copy(update={"method": method, "near_duplicates": True})
    data = data.model_copy(update={"split": division, "folds": folds})
    manifest = pd.read_parquet(folder / MANIFEST)
    audit = Audit(manifest, pd.DataFrame(columns=list(COLUMNS)), {}, [], np.load(folder / PAIRS))
    classes = sorted(manifest["label"].unique())
    info, final = split_images(audit, classes, data, folder)
    count_images(final, audit, classes, info.digest)


def read_rows(folder: Path) -> None:
    """Read the table."""
    from pipeline.config.schema.data_schema import TableConfig
    from pipeline.data.sources.tables.table_rows import table_rows

    config = TableConfig(file=TABLE, group="group")
    for _ in table_rows((folder / TABLE).read_bytes(), TABLE, config):
        pass


def list_rows(folder: Path) -> None:
    """List the table's images in a tree that has them all."""
    import pandas as pd

    from pipeline.config.schema.data_schema import TableConfig
    from pipeline.data.sources.table import list_table
    from pipeline.data.sources.trees.file_tree import TreeFile, file_tree
    from pipeline.data.sources.trees.local_tree import LocalReader

    reader = LocalReader(str(folder))
    paths = [TABLE, *pd.read_parquet(folder / MANIFEST, columns=["path"])["path"]]
    list_table(
        file_tree(str(folder), [TreeFile(path, reader) for path in paths], []), TableConfig(file=TABLE, group="group")
    )


CASES: dict[str, tuple[str, Callable[[Path], None]]] = {
    "read": ("read the manifest", read),
    "stable": ("… and split (stable), check, count, write", lambda folder: split(folder, "stable")),
    "stratified": ("… and split (stratified), check, count, write", lambda folder: split(folder, "stratified")),
    "folds": ("… and split into 5 folds (stable), check, count, write", lambda folder: split(folder, "stable", 5)),
    "rows": ("read the table", read_rows),
    "list": ("list the table's images", list_rows),
}


def _run(*arguments: str) -> str:
    command = [sys.executable, "-m", "benchmarks.data.splits.million_rows", "--case", *arguments]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def _measure(case: str, folder: Path, *rows: str) -> None:
    if case == "make":
        make_files(folder, int(rows[0]))
        return
    CASES[case][1](folder)
    unit = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes
    print(json.dumps([time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6]))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--case"]:
        _measure(sys.argv[2], Path(sys.argv[3]), *sys.argv[4:])
    else:
        main()

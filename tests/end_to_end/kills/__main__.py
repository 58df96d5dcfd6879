"""Kill commands and compare what they leave: `python -m tests.end_to_end.kills --kills 100 --kind group-kill`."""

import argparse
import json
import pickle
import random
import shutil
import signal
from collections.abc import Sequence
from dataclasses import asdict
from itertools import count
from pathlib import Path

from benchmarks.generated_part import replace_part
from tests.end_to_end.kills.kill_scenario import draw_kills, run_scenario
from tests.end_to_end.kills.kills_table import kills_table, read_results, record_results, write_record
from tests.end_to_end.kills.prepared_project import SUBJECTS, reference, set_up
from tests.end_to_end.kills.watched_command import SIGNALS, TARGETS

ROOT = Path(__file__).parents[3]
PAGE, RECORD = ROOT / "docs/reliability.md", ROOT / "docs/kills.csv"
KINDS = [f"{target}-{how}" for target in TARGETS for how in SIGNALS]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run scenarios until each kind has its kills; return how many scenarios had faults."""
    parser = argparse.ArgumentParser(prog="python -m tests.end_to_end.kills", description=__doc__)
    parser.add_argument("--command", choices=sorted(SUBJECTS), default="repro", help="what to kill")
    parser.add_argument("--kind", choices=KINDS, action="append", help="of kills; may be repeated; default: all")
    parser.add_argument("--kills", type=int, default=10, metavar="N", help="kills of each kind (default: %(default)s)")
    parser.add_argument("--most", type=int, default=3, metavar="N", help="kills of one scenario (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the instants (default: %(default)s)")
    parser.add_argument("--work", type=Path, default=Path("kills-work"), help="folder for projects and results")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="repeat this scenario alone, and keep its project")
    parser.add_argument("--table", action="store_true", help="print the table of all recorded results, run nothing")
    parser.add_argument("--write", action="store_true", help="with --table: into docs/kills.csv and reliability.md")
    options = parser.parse_args(arguments)
    results = options.work.resolve() / "results.jsonl"
    if options.table:
        recorded = record_results(RECORD, read_results(results))
        table = kills_table(recorded)
        print(table, end="")
        if options.write:
            write_record(RECORD, recorded)
            PAGE.write_text(replace_part(PAGE.read_text(), "kills", table))
        return 0
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it, and its children
    failed = 0
    for kind in options.kind or KINDS:
        failed += _run_kind(options, kind, results)
    return failed


def _run_kind(options: argparse.Namespace, kind: str, results: Path) -> int:
    work, subject = results.parent / options.command, SUBJECTS[options.command]
    work.mkdir(parents=True, exist_ok=True)
    before = set_up(subject, work)
    kept = work / "reference.pickle"
    if not kept.exists():
        kept.write_bytes(pickle.dumps(reference(subject, before, work)))
    expected, commit = pickle.loads(kept.read_bytes()), (before / "ready").read_text()
    done = [row for row in read_results(results) if (row["command"], row["kind"]) == (options.command, kind)]
    done = [row for row in done if row["seed"] == options.seed]
    kills, failed = sum(len(row["kills"]) for row in done), 0
    to_do = (number for number in count() if number not in {row["number"] for row in done})
    while kills < options.kills or options.only is not None:
        number = next(to_do) if options.only is None else options.only
        random_ = random.Random(f"{options.command} {kind} {options.seed} {number}")
        folder = work / f"{kind}-{number}"
        drawn, wait = draw_kills(random_, kind, expected, options.most), random_.random() < 0.5
        verdict = run_scenario(subject, drawn, expected, before, folder, wait=wait)
        kills, failed = kills + len(verdict.kills), failed + bool(verdict.faults)
        state = "identical" if not verdict.faults else "; ".join(verdict.faults)
        print(
            f"{options.command} {kind} {number}: {len(verdict.kills)} kills ({', '.join(verdict.kills)}), "
            f"{verdict.seconds:.0f} s: {state} [{kills} of {options.kills}]",
            flush=True,
        )
        if options.only is not None:
            print(verdict.output)
            break
        row = {"command": options.command, "kind": kind, "commit": commit, "seed": options.seed, "number": number}
        row |= asdict(verdict)
        with results.open("a") as file:
            file.write(json.dumps(row) + "\n")
        if not verdict.faults:
            shutil.rmtree(folder, ignore_errors=True)
    return failed


if __name__ == "__main__":
    raise SystemExit(min(main(), 100))

"""What a project holds after a command, in a form that two projects can be compared by."""

import hashlib
import re
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from pipeline.base.files import read_json

# Of each run, time or machine: no two runs have them equal.
VARYING_FILES = ("outputs/evaluate/report.html", "outputs/evaluate/cost.json", "outputs/register/report.html")
VARYING_KEYS = {"run_id", "minutes", "seconds", "results"}
VARYING_TAGS = ("mlflow.", "process.", "dvc.experiment")  # DVC names an experiment at random
# The result of whole commands; MLflow's files are compared by name, through the store.
SKIPPED = re.compile(
    r"(\.git|\.dvc/cache|\.dvc/tmp|mlruns|docs|pipeline|benchmarks)/|mlflow\.db|.*\.pyc$|dvc\.lock$|.*\.log$"
)
TIMED = re.compile(r"system/|minutes|seconds|latency|images_per_second|memory_mb|duration|test/(uses|cost)")
IDENTITY = re.compile(r"(m-)?[0-9a-f]{32}|work-[a-z0-9_]{8}|[0-9a-f]{16}")


def project_state(root: Path) -> dict[str, Any]:
    """Return the state of files, and of MLflow's runs and models.

    Args:
        root: the project's folder.

    Returns:
        A name for each part, with what two equal projects have equal.
    """
    return {**_files(root), **_mlflow(root), **_artifacts(root), **_named_runs(root)}


def differences(expected: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """Return a line for each part in which two states differ."""
    lines = []
    for name in sorted(expected.keys() | found.keys()):
        before, after = expected.get(name, "nothing"), found.get(name, "nothing")
        if before != after:
            if isinstance(before, Counter) and isinstance(after, Counter):
                before, after = dict(before - after), dict(after - before)
            lines.append(f"{name}: expected {str(before)[:300]}, found {str(after)[:300]}")
    return lines


def leftovers(root: Path, temporary: Path) -> list[str]:
    """Return what should not be there after a command that ended: half-made files, temporary files."""
    half = [str(path.relative_to(root)) for path in root.rglob("*.partial*") if path.exists()]
    return half + [f"temporary {path.name}" for path in temporary.iterdir()]


def _files(root: Path) -> dict[str, str]:
    state = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if path.is_file() and not SKIPPED.match(name):
            state[f"file {IDENTITY.sub('ID', name)}"] = _digest(path, name)
    return state


def _digest(path: Path, name: str) -> str:
    if name.startswith(".checkpoints") and path.name == "checkpoint.json":
        content = read_json(path)["checkpoint"]
        return str({key: value for key, value in content.items() if key not in VARYING_KEYS})
    if name in VARYING_FILES or name.startswith((".checkpoints", ".search", ".prepared", "outputs/search")):
        return "there"
    if name == "outputs/train/run.json":
        run = {key: value for key, value in read_json(path).items() if key not in VARYING_KEYS}
        run["lineage"] = {key: value for key, value in run["lineage"].items() if not key.startswith(VARYING_TAGS)}
        return str(run)
    content = path.read_bytes()
    if name.startswith("conf/"):  # of a search's result, with its run's id
        content = IDENTITY.sub("ID", content.decode()).encode()
    return hashlib.sha256(content).hexdigest()[:16]


def _mlflow(root: Path) -> dict[str, Counter[Any]]:
    file = root / "mlflow.db"
    if not file.exists():
        return {}
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:

        def rows(name: str, query: str) -> Counter[Any]:
            return Counter(tuple(map(_plain, row)) for row in database.execute(query).fetchall() if not _timed(row))

        queries = {
            "runs": "select status, lifecycle_stage, end_time is not null from runs",
            "points": "select key, step, value from metrics",
            "parameters": "select key, value from params",
            "tags": f"select key, {_tag_value()} from tags",
            "models": "select status from logged_models where lifecycle_stage = 'active'",
            "versions": "select name, version, status from model_versions",
            "aliases": "select alias, version from registered_model_aliases",
            "ledger": "select substr(key, 1, 6) from registered_model_tags",
            "version tags": f"select key, {_tag_value()} from model_version_tags",
        }
        return {f"MLflow {name}": rows(name, query) for name, query in queries.items()}


def _tag_value() -> str:
    """Return SQL for a tag's value; of a tag that differs between two runs, for whether it has one."""
    varying = " or ".join(f"key like '{prefix}%'" for prefix in VARYING_TAGS)
    return f"case when {varying} then value != '' else value end"


def _named_runs(root: Path) -> dict[str, str]:
    """Return the status of each run that a file names by its id, and whether it is that of the outputs."""
    file, output = root / "mlflow.db", root / "outputs/train/run.json"
    if not file.exists():
        return {}
    named = {path: path.read_text().strip() for path in root.glob(".checkpoints/*/run_id.txt")}
    named |= {
        path: str(read_json(path)["checkpoint"]["run_id"]) for path in root.glob(".checkpoints/*/checkpoint.json")
    }
    outputs = str(read_json(output)["run_id"]) if output.exists() else ""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        statuses = dict(database.execute("select run_uuid, status from runs").fetchall())
    return {
        f"run in {IDENTITY.sub('ID', str(path.relative_to(root)))}": (
            f"{statuses.get(run, 'not in the store')}, {'that' if run == outputs else 'not that'} of the outputs"
        )
        for path, run in (named | ({output: outputs} if outputs else {})).items()
    }


def _timed(row: tuple[Any, ...]) -> bool:
    return bool(TIMED.match(str(row[0])))


def _plain(value: Any) -> Any:
    return IDENTITY.sub("ID", value) if isinstance(value, str) else value


def _artifacts(root: Path) -> dict[str, Counter[str]]:
    """Return the artifacts' names, with how many runs or models have each."""
    files = (path for path in (root / "mlruns").rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {"MLflow artifacts": Counter(IDENTITY.sub("ID", str(path.relative_to(root))) for path in files)}

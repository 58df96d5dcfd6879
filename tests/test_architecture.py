"""Which way imports point, what DVC must know of them, how things are named, and what the repository may hold."""

import ast
import re
import subprocess
import sys
import tomllib
from collections import Counter
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PIPELINE, BENCHMARKS = ROOT / "pipeline", ROOT / "benchmarks"
# Each room with the rooms (or sub-rooms) that it may import. Commands, the files at the top of pipeline/, may import
# every room; benchmarks may import commands too.
MAY_IMPORT = {
    "runtime": set(),
    "base": {"runtime"},
    "topology": set(),
    "config": {"base", "topology"},
    "data": {"base", "config", "runtime"},
    "model": {"topology"},
    "training": {"base", "config", "data", "model", "runtime", "topology"},
    "inference": {"base", "config", "data", "model", "runtime", "tracking", "training"},
    "exporting": {"base", "data", "inference", "runtime", "training"},
    "evaluation": {"base", "config", "data", "inference", "runtime"},
    "crossvalidation": {"base", "config"},
    "search": {"base", "config", "data", "inference/engine", "runtime", "topology", "training"},
    "registry": {"base", "config"},
    "tracking": {"base", "config", "data", "registry", "runtime"},
    "report": {"base", "crossvalidation", "data", "evaluation", "topology", "search/outcome"},
    "lifecycle": {"base", "config", "data", "evaluation", "inference", "registry", "report", "runtime", "tracking"},
    "jax_training": {"base", "config", "data", "training"},
    "monitoring": {"base", "config", "data", "evaluation", "inference", "report", "runtime"},
    "web": {"base", "data", "inference", "report", "runtime"},
    "diagnosis": {"base", "config", "lifecycle", "runtime", "tracking", "training"},
    "a command": {
        "a command", "base", "config", "crossvalidation", "data", "diagnosis", "evaluation", "exporting", "inference",
        "jax_training", "lifecycle", "model", "monitoring", "registry", "report", "runtime", "search", "topology",
        "tracking", "training", "web",
    },
    "benchmarks": {
        "a command", "base", "config", "data", "evaluation", "inference", "model", "monitoring", "report", "runtime",
        "search", "topology", "tracking", "training",
    },
}  # fmt: skip
# Within a room, sub-rooms that other files of the room stand on: they may import only what is named here.
MAY_IMPORT_IN_ROOM = {
    "config/schema": {"config/schema"},
    "training/engine": {"training/engine"},
    "training/recipe": {"training/recipe", "training/engine"},
    "training/networks": {"training/networks", "training/engine"},
    "exporting/formats": {"exporting/formats"},
}
KNOWN_ONLY_BY = {
    "mlflow": {"tracking", "registry", "lifecycle", "runtime", "benchmarks", "a command"},
    "hydra": {"config"},
    "keras_tuner": {"search", "benchmarks"},
    "grpc": {"search"},
    "omegaconf": {"config"},
    "openvino": {"exporting", "runtime", "training", "benchmarks"},
    "onnx": {"exporting"},
    "tf2onnx": {"exporting"},
    "onnxruntime": {"exporting"},
    "ai_edge_litert": {"exporting"},
    "keras": {
        "exporting", "inference", "model", "training", "tracking", "data", "search", "jax_training", "benchmarks",
        "a command",
    },
    "tensorflow": {"training", "data", "base", "exporting", "benchmarks"},
    "jax": {"jax_training"},
    "torch": {"benchmarks"},
    "matplotlib": {"benchmarks", "report"},
    "PIL": {"data", "evaluation", "runtime", "report", "web", "benchmarks"},
    "pi_heif": {"runtime"},
    "starlette": {"web"},
    "uvicorn": {"tracking", "web"},
}  # fmt: skip
ENGINES = {"keras", "tensorflow", "keras_tuner", "mlflow", "grpc"}
INTERNALS = {"training/engine/keras_internals.py", "search/engine/keras_tuner_internals.py"}
MOST_FILES = 12  # in one folder, besides __init__.py
STAGES = ("prepare", "train", "evaluate", "register")
NOT_A_RESULT = {"tracking", "checkpoint"}  # where a stage logs to, how often it saves: what it produces stays the same
FILES = sorted([*PIPELINE.rglob("*.py"), *BENCHMARKS.rglob("*.py")])


def relative(file: Path) -> str:
    return file.relative_to(ROOT).as_posix().removeprefix("pipeline/")


def imports(file: Path, *, at_start_only: bool = False) -> set[str]:
    """Return the dotted names that a file imports, at any depth or at its top level only."""
    names = set()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in tree.body if at_start_only else ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = file.relative_to(ROOT).parts[: -node.level] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            names |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    return names


def project_file(name: str) -> Path | None:
    path = ROOT / Path(*name.split("."))
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


def project_imports(file: Path, **options: bool) -> set[Path]:
    """Return the project's files that a file imports."""
    return {
        found
        for name in imports(file, **options)
        if name.split(".")[0] in ("pipeline", "benchmarks") and (found := project_file(name)) and found != file
    }


def closure(file: Path, **options: bool) -> set[Path]:
    """Return the project's files that `file` imports, directly or not."""
    found, waiting = set(), [file]
    while waiting:
        here = waiting.pop()
        found.add(here)
        waiting += project_imports(here, **options) - found
    return found


def room(file: Path) -> str:
    if BENCHMARKS in file.parents:
        return "benchmarks"
    parts = file.relative_to(PIPELINE).parts
    return parts[0] if len(parts) > 1 else "a command"


def sub_room(file: Path) -> str:
    return file.parent.relative_to(PIPELINE).as_posix() if PIPELINE in file.parents else ""


@pytest.mark.parametrize("file", FILES, ids=relative)
def test_imports_point_one_way(file):
    here = room(file)
    for target in project_imports(file):
        there = room(target)
        allowed = MAY_IMPORT[here] | {here}
        assert there in allowed or sub_room(target) in allowed or target == PIPELINE / "__init__.py", (
            f"{relative(file)} imports {relative(target)}"
        )
        if sub_room(file) in MAY_IMPORT_IN_ROOM and there == here:
            assert sub_room(target) in MAY_IMPORT_IN_ROOM[sub_room(file)], (
                f"{relative(file)} imports {relative(target)}"
            )


@pytest.mark.parametrize("file", FILES, ids=relative)
def test_a_library_is_known_in_its_rooms_only(file):
    for name in imports(file):
        top = name.split(".")[0]
        assert room(file) in KNOWN_ONLY_BY.get(top, {room(file)}), f"{relative(file)} imports {top}"


def test_no_imports_go_round_in_a_circle():
    graph = {file: project_imports(file) - {PIPELINE / "__init__.py"} for file in FILES}
    ordered = TopologicalSorter(graph).static_order()  # raises CycleError, which names the files
    assert set(ordered) == set(FILES)


def test_every_room_has_its_rule():
    rooms = {path.name for path in PIPELINE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert rooms == set(MAY_IMPORT) - {"a command", "benchmarks"}


@pytest.mark.parametrize("file", sorted((PIPELINE / "runtime").rglob("*.py")), ids=relative)
def test_the_runtime_can_travel_with_a_model(file):
    """A registered model carries a copy of the folder under another name, so nothing may name this project."""
    libraries = {"numpy", "pandas", "PIL", "openvino", "mlflow", "pi_heif"}
    absolute = [
        node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import) or (isinstance(node, ast.ImportFrom) and not node.level)
    ]  # fmt: skip
    names = {name for node in absolute for name in ([node.module] if isinstance(node, ast.ImportFrom) else
             [alias.name for alias in node.names])}  # fmt: skip
    assert {name.split(".")[0] for name in names} <= set(sys.stdlib_module_names) | libraries


def test_the_topology_is_plain_python():
    known = set(sys.stdlib_module_names) | {"pipeline"}
    names = {name.split(".")[0] for file in (PIPELINE / "topology").rglob("*.py") for name in imports(file)}
    assert names <= known


@pytest.mark.parametrize("file", sorted((PIPELINE / "report").rglob("*.py")), ids=relative)
def test_a_report_needs_no_engine(file):
    for other in closure(file, at_start_only=True):
        engines = {name.split(".")[0] for name in imports(other, at_start_only=True)} & ENGINES
        assert not engines, f"{relative(file)} imports {', '.join(engines)} by way of {relative(other)}"


def test_no_two_modules_have_the_same_name():
    names = Counter(file.name for file in FILES if file.name not in ("__init__.py", "__main__.py"))
    assert [name for name, count in names.items() if count > 1] == []


def test_no_folder_has_more_files_than_a_reader_takes_in():
    """The commands are an exception: one file each."""
    counts = Counter(file.parent for file in FILES if file.name != "__init__.py" and file.parent != PIPELINE)
    crowded = {relative(folder): count for folder, count in counts.items() if count > MOST_FILES}
    assert crowded == {}


@pytest.mark.parametrize("file", [file for file in FILES if relative(file) not in INTERNALS], ids=relative)
def test_private_interfaces_of_libraries_are_used_in_their_two_files_only(file):
    """A private attribute is one of another object, or one of a superclass."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Attribute) or not re.match(r"_[a-z]", node.attr):
            continue
        if node.attr == "_exit":  # of os, and public
            continue
        assert isinstance(node.value, ast.Name), f"{relative(file)}:{node.lineno} uses {node.attr}"
        assert node.value.id in ("self", "cls"), f"{relative(file)}:{node.lineno} uses {node.value.id}.{node.attr}"


@pytest.mark.parametrize("stage", [*STAGES, "params"])
def test_a_stage_depends_on_the_code_it_imports(stage):
    deps = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"][stage]["deps"]
    covered = [ROOT / dep for dep in deps]
    files = closure(PIPELINE / f"{stage}.py")
    missing = [
        relative(file)
        for file in files
        if file != PIPELINE / "__init__.py" and not any(file == dep or dep in file.parents for dep in covered)
    ]
    assert not missing
    unused = [dep for dep in covered if PIPELINE in dep.parents and not any(dep in (f, *f.parents) for f in files)]
    assert not unused


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_depends_on_the_settings_it_uses_and_no_others(stage):
    declared = set(yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"][stage]["params"])
    tree = ast.parse((PIPELINE / f"{stage}.py").read_text(encoding="utf-8"))
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "config"
    }
    assert used - (NOT_A_RESULT if stage != "register" else set()) == declared


def test_only_commands_and_generated_files_are_at_the_top():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    top = {line.split("/")[0] for line in listed.splitlines()}
    visible = {name for name in top if not name.startswith(".")}
    named = {"conf", "pipeline", "dvc.yaml", "params.yaml", "tests", "README.md", "pyproject.toml"}
    assert visible - named <= {"Makefile", "requirements.txt", "docs", "benchmarks", "LICENSE", "CHANGELOG.md"}


def test_tests_mirror_the_code():
    """A folder of tests has a folder of code of the same name; `security` tests what docs/security.md promises."""
    tests = ROOT / "tests"
    for folder in {file.parent for file in tests.rglob("test_*.py")} - {
        tests,
        tests / "end_to_end",
        tests / "security",
    }:
        place = folder.relative_to(tests)
        assert (ROOT / "pipeline" / place).is_dir() or (ROOT / place).is_dir(), place


def test_the_lock_pins_every_direct_dependency_with_hashes():
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    pins = dict(re.findall(r"^([a-z0-9-]+)==([^ ]+)", lock, re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    optional = [text for name in ("dev", "export", "heic", "s3", "sign", "team") for text in extras[name]]
    for text in project["dependencies"] + optional:
        requirement = Requirement(text)
        assert requirement.specifier.contains(pins[requirement.name.lower()]), text
    assert lock.count("--hash=sha256:") >= len(pins) > 100
    assert "://" not in lock


def test_the_installed_packages_have_what_they_need():
    """The lock is installed without pip's own resolution, so pip is asked afterwards."""
    done = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_params_yaml_is_what_conf_says(root):
    from pipeline.config.fresh_params import check_fresh

    check_fresh(root)

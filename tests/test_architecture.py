"""The way imports point, what DVC must know of them, and what the repository may hold."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

PIPELINE = Path(__file__).parents[1] / "pipeline"
ROOT = PIPELINE.parent
# Each room with the rooms it may import; commands (files at the top of pipeline/) may import every room.
MAY_IMPORT = {
    "base": set(),
    "config": {"base"},
    "data": {"base", "config"},
    "model": set(),
    "training": {"base", "config", "data", "model"},
    "evaluation": {"base", "config", "data"},
    "search": {"base", "config", "data", "model", "training"},
    "report": {"base", "config", "data", "model", "search"},
    "registry": {"base", "config"},
    "tracking": {"base", "config", "data", "registry"},
}
KNOWN_ONLY_BY = {
    "mlflow": {"tracking", "registry"},
    "hydra": {"config"},
    "keras_tuner": {"search"},
    "grpc": {"search"},
    "omegaconf": {"config"},
    "keras": {"model", "training", "evaluation", "tracking", "data", "search"},
    "tensorflow": {"training", "data", "base"},
    "matplotlib": {"report"},
    "PIL": {"data"},
}
STAGES = ("prepare", "train", "evaluate", "register")
NOT_A_RESULT = {"tracking"}  # where train and evaluate log to changes nothing they produce


def imported(file: Path) -> set[str]:
    """Return the dotted names that a file imports, at any depth."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def own_file(name: str) -> Path | None:
    path = ROOT / Path(*name.split("."))
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


def closure(file: Path) -> set[Path]:
    """Return the project's files that `file` imports, directly or not."""
    found, waiting = set(), [file]
    while waiting:
        here = waiting.pop()
        found.add(here)
        files = {own for name in imported(here) if name.startswith("pipeline.") and (own := own_file(name))}
        waiting += files - found
    return found


def room(file: Path) -> str:
    return file.relative_to(PIPELINE).parts[0]


@pytest.mark.parametrize("file", sorted(PIPELINE.rglob("*/*.py")), ids=lambda file: str(file.relative_to(PIPELINE)))
def test_imports_point_one_way(file):
    here = room(file)
    for name in imported(file):
        if name.startswith("pipeline.") and own_file(name):
            target = room(own_file(name)) if own_file(name).parent != PIPELINE else "a command"
            assert target == here or target in MAY_IMPORT[here], f"{here} imports {name}"
        top = name.split(".")[0]
        assert here in KNOWN_ONLY_BY.get(top, {here}), f"{here} imports {top}"


def test_every_room_has_its_rule():
    rooms = {path.name for path in PIPELINE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert rooms == set(MAY_IMPORT)


@pytest.mark.parametrize("stage", [*STAGES, "params"])
def test_a_stage_depends_on_the_code_it_imports(stage):
    deps = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"][stage]["deps"]
    covered = [ROOT / dep for dep in deps]
    missing = [
        str(file.relative_to(ROOT))
        for file in closure(PIPELINE / f"{stage}.py")
        if file != PIPELINE / "__init__.py" and not any(file == dep or dep in file.parents for dep in covered)
    ]
    assert not missing
    files = closure(PIPELINE / f"{stage}.py")
    assert not [
        str(dep) for dep in covered if PIPELINE in dep.parents and not any(dep in (f, *f.parents) for f in files)
    ]


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


def test_only_commands_and_generated_files_stand_at_the_top():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    top = {line.split("/")[0] for line in listed.splitlines()}
    visible = {name for name in top if not name.startswith(".")}
    named = {"conf", "pipeline", "dvc.yaml", "params.yaml", "tests", "README.md", "pyproject.toml"}
    assert visible - named <= {"Makefile", "requirements.txt", "docs", "benchmarks", "LICENSE", "CHANGELOG.md"}


def test_the_lock_pins_every_direct_dependency_with_hashes():
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    pins = dict(re.findall(r"^([a-z0-9-]+)==([^ ]+)", lock, re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for text in project["dependencies"] + project["optional-dependencies"]["dev"]:
        requirement = Requirement(text)
        assert requirement.specifier.contains(pins[requirement.name.lower()]), text
    assert lock.count("--hash=sha256:") >= len(pins) > 100
    assert "://" not in lock


def test_params_yaml_is_what_conf_says(root):
    from pipeline.params import check_fresh

    check_fresh(root)

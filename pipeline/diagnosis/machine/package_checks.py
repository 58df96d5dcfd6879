"""Python and its packages: their versions, whether they fit together, and for which project they were installed."""

import json
import platform
import re
import shutil
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions, version
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from packaging.requirements import InvalidRequirement, Requirement

import pipeline
from pipeline.diagnosis.finding import Finding, fine, problem, warning
from pipeline.diagnosis.patient import Patient

INSTALL = "python -m pip install --require-hashes -r requirements.txt"
LINK = "python -m pip install --no-deps --no-build-isolation -e ."
SHOWN = 4  # packages in a line


def check_python(patient: Patient) -> Iterator[Finding]:
    """Compare Python's version with what the project needs."""
    project = _project(patient.root)
    needed, present = str(project.get("requires-python", "")), platform.python_version()
    if needed and not Requirement(f"python {needed}").specifier.contains(present):
        yield problem(
            "Python", f"{present}, but this project needs {needed}", "rm -r .venv && make install PYTHON=python3.12"
        )
    else:
        yield fine("Python", f"{present} in {sys.prefix}")


def check_packages(patient: Patient) -> Iterator[Finding]:
    """Compare installed packages with pyproject.toml's ranges, and with the versions that requirements.txt pins."""
    needed = [Requirement(text) for text in _project(patient.root).get("dependencies", [])]
    wrong = [text for one in needed if (text := _misfit(one))]
    if wrong:
        yield problem("packages", f"not what this project needs: {_listed(wrong)}", INSTALL)
        return
    pins = _pins(patient.root)
    present = {name: found for name in pins if (found := _version(name)) is not None}
    other = [f"{name} {found}, pinned {pins[name]}" for name, found in present.items() if found != pins[name]]
    if other:
        yield warning("packages", f"not the versions of requirements.txt: {_listed(other)}", INSTALL)
    else:
        yield fine("packages", f"{len(present)} installed, in the versions that requirements.txt pins")


def check_consistency(_: Patient) -> Iterator[Finding]:
    """Check, as pip does, that each package finds the versions that it asks for."""
    wrong = sorted({text for one in distributions() for text in _misfits(one)})
    if wrong:
        yield warning("dependencies", f"packages that do not fit together: {_listed(wrong)}", INSTALL)
    else:
        yield fine("dependencies", "the packages fit together")


def check_environment(patient: Patient) -> Iterator[Finding]:
    """Check that the code and the commands are this project's: a copied environment leads to the original."""
    code = Path(pipeline.__file__).resolve().parents[1]
    installed = _installed_from(str(_project(patient.root).get("name", "")))
    if code != patient.root:
        yield problem("environment", f"the code that runs is in {code}, not in this project", LINK)
    elif shutil.which("dvc") is None:
        yield problem("environment", "the command dvc is not found: activate it", f"source {sys.prefix}/bin/activate")
    elif installed is not None and installed.resolve() != patient.root:
        text = f"it was installed for {installed}: a command outside of this folder runs the code there"
        yield warning("environment", text, LINK)
    else:
        yield fine("environment", "it runs this project's code")


def _project(root: Path) -> dict[str, Any]:
    try:
        found = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError):
        return {}
    return dict(found.get("project", {}))


def _pins(root: Path) -> dict[str, str]:
    """Return the versions that requirements.txt pins for this system, by name."""
    file, pins = root / "requirements.txt", {}
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    for line in lines:
        if found := re.match(r"([A-Za-z0-9._-]+)==(\S+)(?: *; *([^\\]+))?", line):
            name, pin, marker = found.groups()
            if not marker or Requirement(f"{name}; {marker.strip()}").marker.evaluate():  # type: ignore[union-attr]
                pins[name] = pin
    return pins


def _misfits(one: Distribution) -> Iterator[str]:
    for text in one.requires or ():
        try:
            needed = Requirement(text)
        except InvalidRequirement:
            continue
        if (needed.marker is None or needed.marker.evaluate({"extra": ""})) and (wrong := _misfit(needed)):
            yield f"{one.metadata['Name']} needs {wrong}"


def _misfit(needed: Requirement) -> str | None:
    """Return what is wrong with a requirement, such as `keras>=3.15 (3.14 is installed)`; None if it is met."""
    found = _version(needed.name)
    if found is None:
        return f"{needed.name}{needed.specifier} (missing)"
    if needed.specifier.contains(found, prereleases=True):
        return None
    return f"{needed.name}{needed.specifier} ({found} is installed)"


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _installed_from(name: str) -> Path | None:
    """Return the folder from which an editable installation takes the project; None if there is no such."""
    try:
        record = json.loads(distribution(name).read_text("direct_url.json") or "{}")
    except (PackageNotFoundError, ValueError):
        return None
    address = str(record.get("url", ""))
    return Path(unquote(address.removeprefix("file://"))) if address.startswith("file://") else None


def _listed(texts: list[str]) -> str:
    return ", ".join(texts[:SHOWN]) + (f" and {len(texts) - SHOWN} more" if len(texts) > SHOWN else "")

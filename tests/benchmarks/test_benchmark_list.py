"""The list that `python -m benchmarks` prints."""

import re
import subprocess
import sys
from importlib.util import find_spec

import pytest

from benchmarks import MOVED
from benchmarks.__main__ import BENCHMARKS, main
from benchmarks.speed.speed_rounds import ORDER


@pytest.mark.parametrize("benchmark", BENCHMARKS, ids=lambda benchmark: benchmark.command)
def test_every_listed_command_exists(benchmark, root):
    words = benchmark.command.split()
    if words[1] == "-m":
        assert find_spec(words[2])
    else:
        assert (root / words[1]).is_file()


def test_the_list_names_each_command_with_what_it_measures_and_how_long_it_takes(capsys):
    main()
    output = capsys.readouterr().out
    for benchmark in BENCHMARKS:
        assert f"{benchmark.command}   ({benchmark.duration})\n    {benchmark.summary}\n" in output


def test_every_module_that_the_code_names_exists(root):
    files = list((root / "benchmarks").rglob("*.py"))
    names = {match[0] for file in files for match in re.finditer(r"\bbenchmarks(\.[a-z_]+)+", file.read_text("utf-8"))}
    assert "benchmarks.speed.step_profile" in names
    assert [name for name in sorted(names) if not find_spec(name)] == []


@pytest.mark.parametrize("module", sorted({module for module, _, _ in ORDER.values()}))
def test_every_worker_of_a_round_exists(module):
    assert find_spec(f"benchmarks.speed.workers.{module}")


@pytest.mark.parametrize("module", MOVED)
def test_a_command_that_has_moved_names_the_new_one(module, root):
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{module}", "x"], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == f"error: benchmarks.{module} has moved; type: python -m {MOVED[module]}\n"
    assert find_spec(MOVED[module])

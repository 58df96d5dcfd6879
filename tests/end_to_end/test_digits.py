"""The README's first command in a newcomer's clone, with the project's own settings: a whole training on the digits."""

import re
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"
NEW_STORE = True  # as for a newcomer


def test_the_first_command_reaches_the_promised_accuracy(project):
    text = README.read_text(encoding="utf-8")
    command = re.search(r"^```bash\n(.*?)\n", text, re.MULTILINE)[1]
    assert command == "dvc repro"
    output = project.succeed(*command.split())
    promised = float(re.search(r"to a test accuracy of (0\.\d+) or more", text)[1])
    assert promised >= 0.98
    assert project.json("outputs/evaluate/metrics.json")["accuracy"] >= promised, output
    assert project.json("outputs/register/decision.json")["aliases"] == ["candidate", "champion"]

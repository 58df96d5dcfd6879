"""What the model room imports."""

import ast

ALLOWED = {"math", "keras", "pipeline.model", "pipeline.topology", "collections", "functools", "dataclasses", "typing"}


def imported(file):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_the_model_room_imports_keras_and_no_tensorflow(root):
    names = {name for file in (root / "pipeline/model").rglob("*.py") for name in imported(file)}
    assert "keras" in names
    strange = {name for name in names if not any(name == known or name.startswith(f"{known}.") for known in ALLOWED)}
    assert strange == set()

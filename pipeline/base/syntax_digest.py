"""A digest of Python code that comments, docstrings and formatting do not change."""

import ast
import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

WITH_DOCSTRING = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def syntax_digest(files: Iterable[tuple[str, Path]]) -> str:
    """Return a digest of the syntax trees of files, in hex; of a file that cannot be parsed, its bytes count.

    Args:
        files: each with the name that counts.
    """
    digest = hashlib.sha256()
    for name, file in files:
        code = file.read_bytes()
        try:
            shape = repr(_shape(ast.parse(code))).encode()
        except (SyntaxError, ValueError):
            shape = code
        digest.update(name.encode() + b"\0" + shape + b"\0")
    return digest.hexdigest()


def _shape(node: Any) -> Any:
    """Return a tree as nested tuples, without docstrings and empty fields, which differ between versions of Python."""
    if isinstance(node, list):
        return [_shape(one) for one in node]
    if not isinstance(node, ast.AST):
        return node
    fields = dict(ast.iter_fields(node))
    if isinstance(node, WITH_DOCSTRING) and ast.get_docstring(node, clean=False) is not None:
        fields["body"] = node.body[1:]
    kept = ((name, value) for name, value in fields.items() if value is not None and value != [])
    kind = type(node).__name__
    return (kind, *((name, _shape(value)) for name, value in kept if name not in ("kind", "type_comment")))

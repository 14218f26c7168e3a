"""What the schema says of classes and fields: docstrings, and the comments beside the fields."""

import ast
import inspect
import re
import textwrap
from collections.abc import Mapping, Sequence


def field_comments(table: type) -> Mapping[str, str]:
    """The comments beside the fields of a class, those of its bases included; none where the source is not at hand."""
    found: dict[str, str] = {}
    for base in reversed(table.__mro__):
        try:
            source = textwrap.dedent(inspect.getsource(base))
        except (OSError, TypeError):
            continue
        lines = source.splitlines()
        body = ast.parse(source).body[0]
        if not isinstance(body, ast.ClassDef):
            continue
        for node in body.body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                comment = _comment(lines[node.lineno - 1 : node.end_lineno])
                if comment:
                    found[node.target.id] = comment
    return found


def _comment(lines: Sequence[str]) -> str:
    for line in reversed(lines):
        if found := re.search(r"(?:^|\s)#\s+(.+)$", line):
            return found[1].strip()
    return ""


def docstring(table: type) -> str:
    """The docstring of a class."""
    return inspect.getdoc(table) or ""

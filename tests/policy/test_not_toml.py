"""Whatever TOML 1.0 forbids is refused, and the line that is wrong is the one that is shown (F56)."""

from pathlib import Path

import pytest

from sla_engine.policy import Compilation, Diagnostic, Plugins, compile_policies
from sla_engine.policy.codes import Code
from tests.policy.not_toml import FORBIDDEN, NOT_UTF8

MARK = "§"


def compiled(folder: Path, content: bytes) -> Compilation:
    (folder / "policy.toml").write_bytes(content)
    return compile_policies([folder], plugins=Plugins({}, {}), environ={})


def only_one(compilation: Compilation) -> Diagnostic:
    [found] = compilation.diagnostics
    assert compilation.policies is None
    return found


@pytest.mark.parametrize("area", FORBIDDEN)
def test_what_toml_forbids_is_refused_at_its_line(area: str, tmp_path: Path) -> None:
    for document in FORBIDDEN[area]:
        found = only_one(compiled(tmp_path, document.replace(MARK, "").encode()))

        expected = document.partition(MARK)[0].count("\n") + 1 if MARK in document else 1
        assert (found.code, found.span.line) in {(Code.NOT_TOML, expected), (Code.HIDDEN_CHARACTER, expected)}, document


@pytest.mark.parametrize("what", NOT_UTF8)
def test_what_is_not_utf_8_is_refused_at_its_line(what: str, tmp_path: Path) -> None:
    content, line = NOT_UTF8[what]

    found = only_one(compiled(tmp_path, content))

    assert (found.code, found.span.line) == (Code.UNREADABLE, line)


def test_the_table_is_as_large_as_it_is_thought_to_be() -> None:
    documents = [document for area in FORBIDDEN.values() for document in area]

    assert len(documents) >= 450
    assert len(documents) == len(set(documents))


@pytest.mark.parametrize(
    ("document", "line", "column"),
    [
        ('a = "x\\qy"', 1, 7),
        ('a = """\nx\n \\qy"""', 3, 2),
        ("a = 1\nb = 01", 2, 6),
        ("a.b = 1\nc = 2\na.b = [\n1,\n]", 3, 1),
        ("a = {b = 1, b = 2}", 1, 13),
        ("a = 1\n  [b\nc = 2", 2, 5),
        ("é = 1", 1, 1),
        ("'é' = 1\n'é' = 2", 2, 1),
        ("a = '\U0001f600' x", 1, 9),
        ("a = 1\nb = " + "9" * 5000, 2, 5),
        ("a = [\n  'x' ]\nb = [0x10, " + "9" * 5000 + "]", 3, 12),
    ],
)
def test_the_column_is_that_of_the_fault(document: str, line: int, column: int, tmp_path: Path) -> None:
    found = only_one(compiled(tmp_path, document.encode()))

    assert (found.span.line, found.span.column) == (line, column), found.message

"""What the linter says of the FAQ's folder."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sla_engine.engine.faq.linting import lint_faq
from sla_engine.policy import Compilation, Diagnostic, Plugins, compile_policies

Lint = Callable[..., list[Diagnostic]]


@pytest.fixture
def lint(tmp_path: Path) -> Lint:
    """Compile a policy file that names the folder ``faq``, which holds files as given by name."""

    def lint_it(files: dict[str, bytes], more: str = "") -> list[Diagnostic]:
        for name, content in files.items():
            path = tmp_path / "faq" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        (tmp_path / "a.toml").write_text(f'[engine.desk]\nfaq = "faq"\n{more}', encoding="utf-8")
        return list(lint_faq(_compiled(tmp_path)))

    return lint_it


def _compiled(folder: Path) -> Compilation:
    return compile_policies([folder], plugins=Plugins({}, {}), environ={})


@pytest.mark.parametrize(
    ("name", "content", "message", "help_"),
    [
        ("en/spf.md", b"SPF?\n\nNo.", "its first line is its title", "write # and the question that it answers"),
        ("en/spf.md", b"---\ntitle: SPF\n---\n", "its first line is its title", "write # and the question"),
        ("en/spf.md", b"", "its first line is its title", "write #"),
        ("en/SPF.md", b"# SPF?\n", "its name is its id", "write small letters"),
        ("en/spf.md", b"# caf\xe9\n", "this is not UTF-8 text", "save it as UTF-8"),
        ("spf.md", b"# SPF?\n", "it stands in no folder of a language", "put it into one of en, pt"),
        ("it/spf.md", b"# SPF?\n", "it stands in no folder of a language", "put it into one of en, pt"),
        ("en/more/spf.md", b"# SPF?\n", "it stands in no folder of a language", "put it into one of en, pt"),
    ],
)
def test_a_file_that_is_no_article_is_named(
    name: str, content: bytes, message: str, help_: str, lint: Lint, tmp_path: Path
) -> None:
    [found] = lint({"en/dkim.md": b"# DKIM?\n\nYes.", name: content})

    assert (found.code, found.level, found.file) == ("SLA229", "warning", str(tmp_path / "faq" / name))
    assert message in found.message
    assert help_ in found.help


def test_what_is_an_article_is_not(lint: Lint) -> None:
    assert (
        lint({"en/dkim.md": b"# DKIM?\n\ntags: mail\n\nYes.", "pt/dkim.md": b"\xef\xbb\xbf# DKIM?\r\n", "x.png": b""})
        == []
    )


def test_a_folder_that_is_not_there_is_told_where_it_is_named(lint: Lint, tmp_path: Path) -> None:
    [found] = lint({})

    assert (found.code, found.file) == ("SLA229", str(tmp_path / "a.toml"))
    assert (found.span.line, found.span.column, found.span.end_column) == (2, 7, 12)
    assert found.message == f"there is no folder {tmp_path / 'faq'}"


def test_it_is_told_beside_the_errors_of_the_policies(lint: Lint) -> None:
    [found] = lint({"en/a.md": b""}, more="[services]\n")

    assert found.code == "SLA229"


@pytest.mark.parametrize(("level", "told"), [("off", []), ("error", ["error"]), ("warning", ["warning"])])
def test_the_operators_say_what_it_is(level: str, told: list[str], lint: Lint) -> None:
    assert [one.level for one in lint({"en/a.md": b""}, more=f'[engine.lint]\nSLA229 = "{level}"\n')] == told


def test_without_a_faq_nobody_looks(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("[engine]\n", encoding="utf-8")

    assert list(lint_faq(_compiled(tmp_path))) == []

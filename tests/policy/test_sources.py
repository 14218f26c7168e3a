"""Whatever stands in a policy folder, the answer is a diagnostic with a place, never a traceback (F56 to F58, F60)."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla_engine.policy import Compilation, Plugins, compile_policies
from sla_engine.policy.codes import Code

Compiled = Callable[..., Compilation]
NOTHING = Plugins({}, {})
MAXONY = Path(__file__).parents[2] / "policies" / "maxony"


def compile_bytes(folder: Path, content: bytes) -> Compilation:
    folder.mkdir(exist_ok=True)
    (folder / "policy.toml").write_bytes(content)
    return compile_policies([folder], plugins=NOTHING, environ={})


def code_of(compilation: Compilation) -> str:
    [found] = compilation.diagnostics
    assert compilation.policies is None
    return found.code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", Code.UNREADABLE),
        (b"title = '\xff'", Code.UNREADABLE),
        (b"#" * (1024 * 1024 + 1), Code.UNREADABLE),
        (b"x = " + b"[" * 500 + b"]" * 500, Code.TOO_DEEP),
        (b"x = " + b"{a=" * 500 + b"1" + b"}" * 500, Code.TOO_DEEP),
        (b".".join([b"a"] * 16_000) + b" = 1", Code.TOO_DEEP),
        (b"[" + b".".join([b"a"] * 16_000) + b"]", Code.TOO_DEEP),
        (b"a = 1\na = 2", Code.NOT_TOML),
        (b"a = 2026-13-45", Code.NOT_TOML),
        (b"a = 2026-02-30", Code.NOT_TOML),
        (b"a = 0x", Code.NOT_TOML),
        (b"a = 'x\x00'", Code.NOT_TOML),
        (b'a = "\\ud800"', Code.NOT_TOML),
    ],
)
def test_a_file_that_is_no_policy_is_one_diagnostic(tmp_path: Path, content: bytes, code: Code) -> None:
    assert code_of(compile_bytes(tmp_path / "set", content)) == code


def test_the_place_of_a_byte_that_is_no_text_is_told(tmp_path: Path) -> None:
    [found] = compile_bytes(tmp_path / "set", b"a = 1\nb = '\xff'").diagnostics

    assert (found.span.line, found.span.column) == (2, 6)


def test_a_folder_without_policies_is_told(tmp_path: Path) -> None:
    assert code_of(compile_policies([tmp_path], plugins=NOTHING, environ={})) == Code.NO_POLICIES


def test_a_folder_named_like_a_policy_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.toml").mkdir()
    (tmp_path / "x.toml" / "inner.toml").write_text('[support.s]\ntitle = "s"')

    assert code_of(compile_policies([tmp_path], plugins=NOTHING, environ={})) == Code.UNREADABLE


def test_a_link_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside.toml").write_text('[support.s]\ntitle = "s"')
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "in.toml").symlink_to(tmp_path / "outside.toml")

    found = compile_policies([tmp_path / "set"], plugins=NOTHING, environ={})

    assert [(one.code, "leads out" in one.message) for one in found.diagnostics] == [
        (Code.NO_POLICIES, False),
        (Code.UNREADABLE, True),
    ]


def test_a_file_that_may_not_be_read_or_is_a_pipe_does_not_hang(tmp_path: Path) -> None:
    (tmp_path / "dangling.toml").symlink_to(tmp_path / "nowhere.toml")

    assert code_of(compile_policies([tmp_path], plugins=NOTHING, environ={})) == Code.UNREADABLE
    assert os.path.lexists(tmp_path / "dangling.toml")


def test_one_bad_file_does_not_hide_the_faults_of_the_others(compiled: Compiled) -> None:
    found = compiled({"a.toml": "[", "b.toml": "[support.s]\nchanels = []"}).diagnostics

    assert [one.code for one in found] == [Code.NOT_TOML, Code.UNKNOWN_KEY]


def test_every_truncation_of_the_shipped_contract_is_answered(tmp_path: Path) -> None:
    for path in sorted(MAXONY.rglob("*.toml")):
        content = path.read_bytes()
        for end in range(0, len(content), 7):
            compile_bytes(tmp_path / "set", content[:end])


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=200) | st.binary(max_size=200))
def test_anything_at_all_is_answered(tmp_path_factory: pytest.TempPathFactory, content: str | bytes) -> None:
    raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content

    compilation = compile_bytes(tmp_path_factory.mktemp("fuzz"), raw)

    assert compilation.text


TABLES = "[calendar.x] [service.x] [sla.s] [customer.c] [[customer.c.amendment]] [engine] [accounting.a]"
KEYS = "timezone hours every availability credit from x = = = . { } [ ] ,"
VALUES = '"99%" "1m" "UTC" 1 true 2026-01-01 "x"'
WORDS = st.sampled_from([*TABLES.split(), *KEYS.split(), *VALUES.split(), "\n", "\n", "\n"])


@settings(deadline=None, max_examples=300)
@given(st.lists(WORDS, max_size=40))
def test_policies_made_of_the_languages_own_words_are_answered(
    tmp_path_factory: pytest.TempPathFactory, words: list[str]
) -> None:
    compilation = compile_bytes(tmp_path_factory.mktemp("fuzz"), " ".join(words).encode())

    assert all(found.span.line >= 1 and found.span.column >= 1 for found in compilation.diagnostics)

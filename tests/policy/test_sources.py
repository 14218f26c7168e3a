"""Whatever stands in a policy folder, the answer is a diagnostic with a place, never a traceback (F56 to F58, F60)."""

import os
import shutil
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from sla_engine.policy import Compilation, Plugins, compile_policies
from sla_engine.policy.codes import Code
from sla_engine.policy.files import PolicyFile

Compiled = Callable[..., Compilation]
NOTHING = Plugins({}, {})


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
        (b".".join([b'"a"'] * 16_000) + b" = 1", Code.TOO_DEEP),
        (b" . ".join([b"'a'"] * 33) + b" = 1", Code.TOO_DEEP),
        (b"x = " + (b"{" + b".".join([b"a"] * 30) + b" = ") * 90 + b"1" + b"}" * 90, Code.TOO_DEEP),
        (b"x = " + b"9" * 10_000, Code.NOT_TOML),
        (b"x = 0x" + b"f" * 100_000, Code.NOT_TOML),
        (b"x = 9223372036854775808", Code.NOT_TOML),
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


def test_a_link_to_nowhere_or_to_itself_is_told(tmp_path: Path) -> None:
    (tmp_path / "sound.toml").write_text('[support.s]\ntitle = "s"')
    (tmp_path / "dangling.toml").symlink_to(tmp_path / "nowhere.toml")
    (tmp_path / "loop.toml").symlink_to(tmp_path / "loop.toml")

    found = compile_policies([tmp_path], plugins=NOTHING, environ={}).diagnostics

    assert [(Path(one.file).name, one.code) for one in found] == [
        ("dangling.toml", Code.UNREADABLE),
        ("loop.toml", Code.UNREADABLE),
    ]


def test_a_link_to_a_folder_is_told_because_it_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "s.toml").write_text('[support.s]\ntitle = "s"')
    (tmp_path / "set" / "customers").symlink_to(tmp_path / "set", target_is_directory=True)

    found = compile_policies([tmp_path / "set"], plugins=NOTHING, environ={})

    assert code_of(found) == Code.UNREADABLE
    assert "not followed" in found.diagnostics[0].message


def test_nobody_waits_for_a_pipe_or_reads_a_device(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket.toml"))

    found = compile_policies([tmp_path, Path("/dev/zero")], plugins=NOTHING, environ={}).diagnostics

    assert {(Path(one.file).name, one.code) for one in found} == {
        ("pipe.toml", Code.UNREADABLE),
        ("socket.toml", Code.UNREADABLE),
        ("zero", Code.UNREADABLE),
    }


def test_what_may_not_be_read_is_told_folders_too() -> None:
    with TemporaryDirectory() as folder, without_privileges(Path(folder)):
        root = Path(folder, "set")
        (root / "shut").mkdir(parents=True)
        (root / "shut" / "in.toml").write_text('[support.s]\ntitle = "s"')
        (root / "shut.toml").write_text('[support.t]\ntitle = "t"')
        (root / "shut").chmod(0)
        (root / "shut.toml").chmod(0)

        found = compile_policies([root], plugins=NOTHING, environ={}).diagnostics
        (root / "shut").chmod(0o700)

    assert [(Path(one.file).name, one.code, one.message) for one in found] == [
        ("shut", Code.UNREADABLE, "cannot be read: Permission denied"),
        ("shut.toml", Code.UNREADABLE, "cannot be read: Permission denied"),
    ]


@contextmanager
def without_privileges(folder: Path) -> Iterator[None]:
    """As somebody to whom permissions apply, which they do not to root."""
    if os.geteuid() != 0:
        yield
        return
    folder.chmod(0o777)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_files_that_go_away_while_a_folder_is_read_are_told(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.toml").write_text(f'[support.{name}]\ntitle = "s"')

    def along(files: Sequence[PolicyFile]) -> Iterator[PolicyFile]:
        shutil.rmtree(tmp_path)
        yield from files

    found = compile_policies([tmp_path], plugins=NOTHING, environ={}, along=along)

    assert found.policies is None
    assert [one.message for one in found.diagnostics] == ["cannot be read: No such file or directory"] * 3


def test_a_folder_named_customers_is_theirs_also_when_it_is_read_by_itself(tmp_path: Path) -> None:
    (tmp_path / "customers").mkdir()
    (tmp_path / "customers" / "x.toml").write_text('[support.s]\ntitle = "s"')

    found = compile_policies([tmp_path / "customers"], plugins=NOTHING, environ={})

    assert code_of(found) == Code.NOT_FOR_CUSTOMERS


def test_one_bad_file_does_not_hide_the_faults_of_the_others(compiled: Compiled) -> None:
    found = compiled({"a.toml": "[", "b.toml": "[support.s]\nchanels = []"}).diagnostics

    assert [one.code for one in found] == [Code.NOT_TOML, Code.UNKNOWN_KEY]


@pytest.mark.parametrize("written", ["\u202e", "\u200b", "\ufeff", "\\u202e", "\\U0000200B", "\\\\\\ufeff"])
def test_a_hidden_character_is_told_however_it_is_written(written: str, tmp_path: Path) -> None:
    text = f'[support.s]\ntitle = "é{written}"'

    [found] = compile_bytes(tmp_path / "set", text.encode()).diagnostics

    hidden = written.removeprefix("\\\\")
    assert found.code == Code.HIDDEN_CHARACTER
    assert (found.span.line, found.span.column) == (2, 11 + len(written) - len(hidden))
    assert found.span.end_column == found.span.column + len(hidden)


def test_an_escaped_backslash_before_a_u_is_no_hidden_character(tmp_path: Path) -> None:
    assert compile_bytes(tmp_path / "set", b'[support.s]\ntitle = "\\\\u202e"').diagnostics == ()


def test_a_byte_order_mark_is_called_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"\xef\xbb\xbf[engine]\n")

    [found] = compile_policies([tmp_path], plugins=Plugins({}, {}), environ={}).diagnostics

    assert (found.code, found.span.column, found.span.end_column) == (Code.HIDDEN_CHARACTER, 1, 2)
    assert "byte order mark" in found.message
    assert found.fix is not None

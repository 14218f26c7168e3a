"""Texts that are made to exhaust whoever reads them are answered while a person waits (F55, F57)."""

import os
from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest

from sla_engine.policy import Plugins, compile_policies
from sla_engine.policy.formats import FORMATS
from sla_engine.registry.host import load_plugins

PATIENCE = 10.0
"""Seconds of CPU time: ten times and more of what any of these takes, and far less than what they took when time grew
with the square of the text."""
SIZE = 100_000

HOSTILE: dict[str, Callable[[], str]] = {
    "one bare key": lambda: "a" * SIZE + " = 1",
    "one id": lambda: f"[service.{'a' * SIZE}]",
    "quotes": lambda: '"' * SIZE,
    "dots": lambda: "." * SIZE,
    "dotted keys just short enough": lambda: (".".join(["a"] * 31) + " = 1\n") * (SIZE // 64),
    "blanks": lambda: "a" + " " * SIZE,
    "escaped quotes": lambda: 'a = "' + '\\"' * (SIZE // 2),
    "one line of numbers": lambda: "a = [" + "1," * (SIZE // 2) + "]",
    "one line of wide characters and numbers": lambda: 'a = ["é😀",' + "1," * (SIZE // 2) + "]",
    "one line of unknown keys": lambda: "support.s = {" + ",".join(f"k{n} = 1" for n in range(SIZE // 50)) + "}",
    "unknown kinds": lambda: "\n".join(f"k{n} = 1" for n in range(SIZE // 50)),
    "unknown services": lambda: "\n".join(f'[sla.s{n}]\navailability.x{n} = "9%"' for n in range(SIZE // 50)),
    "services in a chain": lambda: "\n".join(f'[service.s{n}]\ndepends_on = ["s{n + 1}"]' for n in range(SIZE // 50)),
    "calendars in a chain": lambda: "\n".join(f'[calendar.s{n}]\nany_of = ["s{n + 1}"]' for n in range(SIZE // 50)),
    "calendars in a ring": lambda: "\n".join(f'[calendar.s{n}]\nany_of = ["s{(n + 1) % 500}"]' for n in range(500)),
    "calendars that double": lambda: "\n".join(
        f'[calendar.s{n}]\nany_of = ["s{n + 1}", "s{n + 1}"]' for n in range(500)
    ),
    "comments that silence nothing": lambda: "# sla: ignore[SLA203] why\n" * (SIZE // 30),
    "all of time closed": lambda: '[calendar.c]\ntimezone = "UTC"\nclosed = ["0001-01-01/9999-12-31"]',
    "maintenance upon maintenance": lambda: (
        '[service.s]\n[sla.s]\navailability.s = "9%"\n'
        '[maintenance.m]\nservices = "all"\ncron = "* * * * *"\nlasts = "99999d"'
    ),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_text_is_answered_in_time_and_told_in_every_format(what: str, tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text(HOSTILE[what](), encoding="utf-8")
    host = load_plugins()

    began = process_time()
    compilation = compile_policies(
        [tmp_path], plugins=Plugins(host.probes, host.notifiers, host.ticket_sources), environ={}
    )
    told = [render(compilation.diagnostics) for render in FORMATS.values()]

    assert process_time() - began < PATIENCE
    assert compilation.diagnostics
    assert max(map(len, told)) < 100 * SIZE


def test_very_many_empty_files_are_read(tmp_path: Path) -> None:
    for number in range(2_000):
        (tmp_path / f"{number}.toml").touch()

    began = process_time()
    compilation = compile_policies([tmp_path], plugins=Plugins({}, {}), environ={})

    assert compilation.diagnostics == ()
    assert process_time() - began < PATIENCE


def test_the_name_of_a_file_does_nothing_to_a_terminal_or_a_log(tmp_path: Path) -> None:
    for name in (b"a\x1b[2J.toml", b"b\n::error::c.toml", b"d\xff.toml"):
        Path(os.fsdecode(os.path.join(os.fsencode(tmp_path), name))).write_text("[")  # noqa: PTH118

    compilation = compile_policies([tmp_path], plugins=Plugins({}, {}), environ={})

    assert len(compilation.diagnostics) == 3
    assert "\x1b" not in compilation.text
    assert "\n::error" not in compilation.text
    for render in FORMATS.values():
        assert render(compilation.diagnostics).encode(errors="replace")

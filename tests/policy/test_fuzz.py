"""Whatever bytes a policy file holds, the answer is a policy set or diagnostics that point into it (F53, F56)."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla_engine.policy import Compilation, Plugins, compile_policies
from sla_engine.registry.host import load_plugins

MAXONY = Path(__file__).parents[2] / "policies" / "maxony"
SHIPPED = sorted(path for path in MAXONY.rglob("*.toml") if not path.name.endswith(".scenario.toml"))
STEP = 5
"""Every fifth offset of every file keeps the time short; another run of the same tests need not find more."""


@pytest.fixture(scope="module")
def plugins() -> Plugins:
    host = load_plugins()
    return Plugins(host.probes, host.notifiers, host.ticket_sources)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


def answered(folder: Path, content: bytes, plugins: Plugins) -> Compilation:
    """Compile a file, and see that what is said of it can be shown."""
    (folder / "policy.toml").write_bytes(content)
    compilation = compile_policies([folder], plugins=plugins, environ={"MAXONY_SMTP_PASSWORD": "x"})
    lines = content.decode("utf-8", "replace").split("\n")
    for found in compilation.diagnostics:
        span = found.span
        assert 1 <= span.line <= len(lines), found
        assert 1 <= span.column <= len(lines[span.line - 1]) + 2, found
        assert (span.line, span.column) <= (span.end_line, span.end_column), found
    has_errors = any(found.level == "error" for found in compilation.diagnostics)
    assert (compilation.policies is None) == has_errors
    assert compilation.text
    return compilation


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_every_truncation_of_a_shipped_file_is_answered(path: Path, folder: Path, plugins: Plugins) -> None:
    content = path.read_bytes()

    for end in range(0, len(content), STEP):
        answered(folder, content[:end], plugins)


@settings(deadline=None, max_examples=300)
@given(data=st.data())
def test_a_shipped_file_with_bytes_changed_is_answered(folder: Path, plugins: Plugins, data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(SHIPPED)).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        offset = data.draw(st.integers(0, len(content) - 1))
        content[offset] = data.draw(st.sampled_from(b"\x00\t\n\r \"#'+,-.0:=[\\]_aez{}\x7f\xc3\xe2\xff"))

    answered(folder, bytes(content), plugins)


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(max_size=200))
def test_anything_at_all_is_answered(folder: Path, plugins: Plugins, content: bytes) -> None:
    answered(folder, content, plugins)


TABLES = (
    "[calendar.x] [calendar.x.hours] [service.x] [service.x.check.c] [sla.s] [sla.s.response.f] [[sla.s.credit]] "
    "[customer.c] [[customer.c.amendment]] [maintenance.m] [notifier.n] [escalation.e] [engine] [accounting.a]"
)
KEYS = "timezone hours.mon every availability.x credit from below probe url cron starts lasts step on x since until fee"
VALUES = (
    '"99%" "100%" "0%" "1m" "5bd" "UTC" "GMT+1" "x" "s" "http" "http://x" "08:00-17:00" "* * * * *" "1200 EUR" "all" '
    "1 -1 0 1e3 1e999999 nan true 2026-01-01 9999-12-31 2026-12-05T22:00:00+01:00 [] {} ['x'] {x='x'} [{below='1%'}]"
)
LINES = st.sampled_from(TABLES.split(" ")) | st.builds(
    "{} = {}".format, st.sampled_from(KEYS.split()), st.sampled_from(VALUES.split(" "))
)


@settings(deadline=None, max_examples=500)
@given(st.lists(LINES, max_size=20).map("\n".join))
def test_policies_made_of_the_languages_own_words_are_answered(folder: Path, plugins: Plugins, text: str) -> None:
    answered(folder, text.encode(), plugins)

"""Mending: only what leaves no doubt, and never into something that cannot be read."""

import tomllib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.policy import Compilation
from sla_engine.policy.diagnostics import Fix, Span
from sla_engine.policy.fixes import apply_fixes

Compiled = Callable[..., Compilation]


def mended(compilation: Compilation, text: str) -> str:
    fixes = [one.fix for one in compilation.diagnostics if one.fix is not None and one.file.endswith("b.toml")]
    return apply_fixes(text, fixes)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("[support.s]\nchanels = []  # keep me", "[support.s]\nchannels = []  # keep me"),
        ("[suport.s]\nchannels = []", "[support.s]\nchannels = []"),
        ("['suport'.s]\nchannels = []", "[support.s]\nchannels = []"),
        (
            "[sla.b]\nresponse.first = { within = '4h', during = 'allways' }",
            "[sla.b]\nresponse.first = { within = '4h', during = \"always\" }",
        ),
        ("[sla.b]\ntitle = 'a\u200bb'", "[sla.b]\ntitle = 'ab'"),
        ("[sla.b]\navailabilty.wbe = '99%'", "[sla.b]\navailability.wbe = '99%'"),
    ],
)
def test_a_slip_of_the_pen_is_mended_and_all_else_left_alone(
    compiled: Compiled, small: str, wrong: str, right: str
) -> None:
    assert mended(compiled({"a.toml": small, "b.toml": wrong}), wrong) == right


@pytest.mark.parametrize(
    "doubtful",
    [
        "[support.s]\nfoo = []",  # nothing like it is known
        "[calendar.us-2]\nany_of = ['us-1']\n[calendar.us-3]\nany_of = ['always']",  # us-2 or us-3?
        "[sla.b]\navailability.web = '99,9%'",  # 99.9 or 999?
    ],
)
def test_what_could_mean_two_things_is_left_to_people(compiled: Compiled, small: str, doubtful: str) -> None:
    assert mended(compiled({"a.toml": small, "b.toml": doubtful}), doubtful) == doubtful


def test_a_text_is_never_made_unreadable() -> None:
    text = "a = 1\nb = 2\n"

    assert apply_fixes(text, [Fix(Span(2, 1, 2, 2), "a")]) == text  # a twice would be no TOML


def test_of_fixes_that_touch_the_first_is_taken() -> None:
    fixes = [Fix(Span(1, 1, 1, 4), "x"), Fix(Span(1, 2, 1, 3), "y"), Fix(Span(2, 1, 2, 2), "z")]

    assert apply_fixes("abc = 1\nd = 2", fixes) == "x = 1\nz = 2"


@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(1, 8), st.integers(0, 6), st.text("ab", max_size=3)), max_size=5)
)
def test_any_fixes_of_a_readable_text_leave_it_readable(drawn: list[tuple[int, int, int, str]]) -> None:
    text = "aa = 1\nbb = [2]\ncc = 'x'"
    lines = text.split("\n")
    fixes = [
        Fix(Span(line, min(column, len(lines[line - 1])), line, min(column + length, len(lines[line - 1]) + 1)), new)
        for line, column, length, new in drawn
    ]

    tomllib.loads(apply_fixes(text, fixes))

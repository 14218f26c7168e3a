"""Silencing a warning: on its own line, with a reason, and nothing more than that."""

from collections.abc import Callable

import pytest

from sla_engine.policy import Compilation

Compiled = Callable[..., Compilation]
PERFECT = '[sla.b]\navailability.web = "100%"'


def codes(compilation: Compilation) -> list[str]:
    return [diagnostic.code for diagnostic in compilation.diagnostics]


@pytest.mark.parametrize(
    "text",
    [
        PERFECT + "  # sla: ignore[SLA206] as the board decided",
        PERFECT + "  #sla: ignore[SLA206]as the board decided",
        "[sla.b]\n# sla: ignore[SLA206] as the board decided\navailability.web = '100%'",
        "[sla.b]\n    # sla: ignore[SLA206] as the board decided\navailability = { web = '100%' }",
    ],
)
def test_a_comment_on_the_line_or_alone_above_it_silences_a_warning(compiled: Compiled, small: str, text: str) -> None:
    assert codes(compiled({"a.toml": small, "b.toml": text})) == []


def test_only_the_named_code_and_only_on_that_line_is_silenced(compiled: Compiled, small: str) -> None:
    text = '[sla.b]\navailability.web = "100%"  # sla: ignore[SLA206] why\n[sla.c]\navailability.web = "100%"'

    found = compiled({"a.toml": small, "b.toml": text}).diagnostics

    assert [(one.code, one.span.line) for one in found] == [("SLA206", 4)]


def test_an_error_cannot_be_silenced(compiled: Compiled, small: str) -> None:
    compilation = compiled({"a.toml": small, "b.toml": "[support.s]\nchanels = []  # sla: ignore[SLA101] because"})

    assert compilation.policies is None
    assert codes(compilation) == ["SLA101", "SLA006"]


def test_what_looks_like_a_comment_inside_a_text_silences_nothing(compiled: Compiled, small: str) -> None:
    text = '[sla.b]\navailability.web = "100%"\ntitle = "# sla: ignore[SLA206] no"'

    assert codes(compiled({"a.toml": small, "b.toml": text})) == ["SLA206"]


def test_the_operators_set_what_a_warning_is(compiled: Compiled, small: str) -> None:
    def with_level(level: str) -> Compilation:
        return compiled({"a.toml": small, "b.toml": PERFECT, "c.toml": f'[engine.lint]\nSLA206 = "{level}"'})

    off, usual, strict = with_level("off"), with_level("warning"), with_level("error")

    assert (codes(off), codes(usual), codes(strict)) == ([], ["SLA206"], ["SLA206"])
    assert usual.policies is not None
    assert strict.policies is None
    assert strict.diagnostics[0].level == "error"


def test_an_error_stays_one_whatever_the_operators_say(compiled: Compiled, small: str) -> None:
    compilation = compiled(
        {"a.toml": small, "b.toml": "[support.s]\nchanels = []", "c.toml": "engine.lint.SLA101 = 'off'"}
    )

    assert compilation.policies is None

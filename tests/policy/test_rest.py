"""Everything in one run: what is sound beside tables with errors is looked at all the same, and nothing is made up."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sla_engine.policy import Compilation

Compiled = Callable[..., Compilation]

TOO_MUCH = '[sla.b]\navailability.web = "100%"\n'
UNSEEN = (
    '[service.slow]\nevery = "5m"\ncheck.a = { probe = "door", url = "u" }\n[sla.c]\navailability.slow = "99.99%"\n'
)
WRONG = {
    "a key": '[accounting.a]\nmin_outagee = "1m"\n',
    "a reference": '[sla.d]\nresponse.first = { within = "4h", during = "alwayz" }\n',
    "a probe": '[service.y]\ncheck.a = { probe = "dor", url = "u" }\n[sla.d]\navailability.y = "99%"\n',
    "a missing target": '[sla.d]\navailability.web = { during = "always" }\n',
    "a circle": '[calendar.x]\nany_of = ["x"]\n',
    "the engine": '[engine]\nlisten = "here"\n',
    "a kind": "[services.x]\n",
    "no TOML": "[sla.d",
}


def told(compilation: Compilation) -> set[tuple[str, str]]:
    return {(Path(one.file).name, one.code) for one in compilation.diagnostics}


@pytest.mark.parametrize("wrong", WRONG)
def test_the_rules_are_asked_about_what_is_sound(wrong: str, compiled: Compiled, small: str) -> None:
    compilation = compiled({"a.toml": small, "b.toml": TOO_MUCH, "c.toml": UNSEEN, "d.toml": WRONG[wrong]})

    assert {("b.toml", "SLA206"), ("c.toml", "SLA207")} <= told(compilation)
    assert {code for name, code in told(compilation) if name == "d.toml"}
    assert compilation.policies is None


def test_all_of_it_comes_in_one_run(compiled: Compiled, small: str) -> None:
    files = {f"{number}.toml": text for number, text in enumerate(WRONG.values()) if "sla.d" not in text}
    compilation = compiled({"a.toml": small, "b.toml": TOO_MUCH, "c.toml": UNSEEN, **files})

    assert {name for name, _ in told(compilation)} == {"b.toml", "c.toml", *files}


@pytest.mark.parametrize(
    "wrong",
    [
        # what uses it, or tells of it, cannot be read: that is no reason to say that nothing does
        '[sla.d]\nresponse.first = { within = "4 hours", during = "office" }',
        '[calendar.all]\nany_of = ["ofice", "office"]',
        '[sla.d]\nresponse.first = { within = "4h", during = "ofice" }',
        "[sla.d",
    ],
)
def test_what_may_be_used_by_what_is_wrong_is_not_called_unused(wrong: str, compiled: Compiled, small: str) -> None:
    office = '[calendar.office]\ntimezone = "UTC"\nhours.mon-fri = "09:00-17:00"\n'

    assert ("b.toml", "SLA203") not in told(compiled({"a.toml": small, "b.toml": office, "c.toml": wrong}))


def test_what_nothing_at_all_names_is_unused_beside_errors_too(compiled: Compiled, small: str) -> None:
    office = '[calendar.office]\ntimezone = "UTC"\nhours.mon-fri = "09:00-17:00"\n'

    assert ("b.toml", "SLA203") in told(compiled({"a.toml": small, "b.toml": office, "c.toml": WRONG["a key"]}))


def test_an_escalation_with_an_error_is_no_reason_to_say_that_nobody_is_told(compiled: Compiled, small: str) -> None:
    compilation = compiled(small.replace("[{ notify", '[{ afer = "0m", notify'))

    assert told(compilation) == {("policy.toml", "SLA101")}


def test_what_refers_to_what_is_wrong_is_no_second_fault(compiled: Compiled, small: str) -> None:
    chain = (
        '[calendar.a]\ntimezone = "Nowhere"\n[calendar.b]\nany_of = ["a"]\n[calendar.c]\nany_of = ["b"]\n'
        '[sla.d]\nresponse.first = { within = "4h", during = "c" }\n[customer.e]\nsla = "d"\n'
        '[escalation.e]\non = { customers = ["e"] }\nstep = [{ notify = ["ring"] }]\n'
    )

    assert told(compiled({"a.toml": small, "b.toml": chain})) == {("b.toml", "SLA103")}

"""Whose domain is looked up for a ticket, when, and what is made of the answer."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from attrs import define, field

from sla_engine.engine.tickets.deliverability import Question, due_question, question_of, read_outcome
from sla_engine.engine.tickets.domain_checks import DomainChecks
from sla_engine.model.controls import Controls
from sla_engine.model.service import Check
from sla_engine.plugin import Doubt, Finding, Outcome, State
from sla_engine.registry.host import load_plugins
from sla_engine.testing.clock import FakeClock

MX = Finding("MX", "a host", "10 mx.acme.example")
SPF = Finding("SPF", "a record", "receivers refuse mail of all others (-all)")
KEY = Finding("DKIM s1", "a key", "an RSA key of 2048 bits")
ALL = Outcome.judged([MX, SPF, KEY])
BROKEN = Outcome.judged([MX, Finding("SPF", "a record", "permerror: two records", State.DOWN), KEY])
SILENT = Outcome.judged(
    [Finding(what, "it", "not known: no answer", State.ERROR) for what in ("MX", "SPF", "DKIM", "DMARC")]
)
WITHOUT_KEY = Outcome.judged([MX, SPF, Finding("DKIM", "a key", "not known: which selector?", State.ERROR)])


@define
class Answers:
    """What the plugin would find, run by run; the last again and again."""

    outcomes: list[Outcome]
    asked: list[Any] = field(factory=list)

    async def __call__(self, check: Check) -> Outcome:
        self.asked.append(check)
        return self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]


@pytest.fixture
def looking(office: Any) -> Callable[..., tuple[DomainChecks, Answers, FakeClock]]:
    def make(*outcomes: Outcome) -> tuple[DomainChecks, Answers, FakeClock]:
        clock, answers = FakeClock("2026-01-08T15:00:00Z"), Answers(list(outcomes))
        checks = DomainChecks(lambda: office.policies, load_plugins().probes, office.store, clock, answers)
        return checks, answers, clock

    return make


async def look(checks: DomainChecks, clock: FakeClock, seconds: float = 5) -> None:
    clock.pass_by(seconds)
    await checks.look()
    await checks.settle()


@pytest.mark.parametrize(
    ("opening", "facts", "question"),
    [
        ({"sender": "ops@acme.example"}, {}, "acme.example"),
        ({"sender": "jane@gmail.com"}, {}, "acme.example"),
        ({"sender": "jane@gmail.com", "customer": None}, {}, None),
        ({"sender": None}, {}, "acme.example"),
        ({"sender": "jane@Mail.ACME.example"}, {}, "mail.acme.example"),
        ({}, {"domain": " News.Acme.example "}, "news.acme.example"),
        ({}, {"selector": "s1, s2"}, "acme.example s1 s2"),
        ({}, {"domain": "a.example", "selector": "k1"}, "a.example k1"),
    ],
)
def test_whose_domain_is_looked_up(office: Any, opening: Any, facts: Any, question: str | None) -> None:
    number = office.open(topic="deliverability", **opening).ticket.number
    if facts:
        office.desk.note(number, facts=facts)

    found = question_of(office.read(number))

    assert (None if found is None else str(found)) == question


def test_only_tickets_about_deliverability_that_are_not_resolved_are_looked_up(office: Any) -> None:
    office.open()
    assert due_question(office.read()) is None

    office.desk.note("T-1", topic="deliverability")
    assert due_question(office.read()) == Question("acme.example")

    office.desk.resolve("T-1", "Done.")
    assert due_question(office.read()) is None


def test_whoever_looked_for_themselves_is_spared(office: Any) -> None:
    office.open(topic="deliverability")
    office.desk.note("T-1", facts={"dns": "looked", "spf": "is there", "dkim": "is there"})

    assert due_question(office.read()) is None


async def test_what_is_found_satisfies_the_checklist_and_is_looked_up_once(office: Any, looking: Any) -> None:
    checks, answers, clock = looking(ALL)
    office.open(topic="deliverability")

    for _ in range(5):
        await look(checks, clock)

    entry = office.read().entries[-1]
    assert len(answers.asked) == 1
    assert (entry.act, entry.who, entry.is_public) == ("found", None, False)
    assert entry.facts["dns"] == "fine: MX 10 mx.acme.example"
    assert entry.facts["dkim"] == "fine: DKIM s1 an RSA key of 2048 bits"
    assert entry.text.splitlines()[1:] == [
        "fine: MX: 10 mx.acme.example",
        "fine: SPF: receivers refuse mail of all others (-all)",
        "fine: DKIM s1: an RSA key of 2048 bits",
    ]


async def test_a_broken_record_is_a_finding_and_stands_first(office: Any, looking: Any) -> None:
    checks, answers, clock = looking(BROKEN)
    office.open(topic="deliverability")

    await look(checks, clock)
    await look(checks, clock)

    entry = office.read().entries[-1]
    assert len(answers.asked) == 1
    assert entry.facts["spf"] == "wrong: SPF permerror: two records"
    assert entry.text.splitlines()[1] == "wrong: SPF: permerror: two records (expected: a record)"


async def test_what_nobody_can_tell_is_said_once_and_tried_again_ever_more_seldom(office: Any, looking: Any) -> None:
    checks, answers, clock = looking(SILENT)
    office.open(topic="deliverability")

    tried_at = []
    for step in range(24 * 60 * 6):
        before = len(answers.asked)
        await look(checks, clock, 10)
        if len(answers.asked) > before:
            tried_at.append(step * 10)
        if len(tried_at) == 8:
            break

    pauses = [later - earlier for earlier, later in itertools.pairwise(tried_at)]
    assert pauses == [60, 120, 240, 480, 960, 1920, 3600]
    assert [entry.act for entry in office.read().entries] == ["opened", "found"]
    assert due_question(office.read()) == Question("acme.example")


async def test_after_trouble_it_is_found(office: Any, looking: Any) -> None:
    checks, _, clock = looking(SILENT, ALL)
    office.open(topic="deliverability")

    await look(checks, clock)
    await look(checks, clock, 61)

    assert [entry.act for entry in office.read().entries] == ["opened", "found", "found"]
    assert due_question(office.read()) is None


async def test_a_selector_that_somebody_says_is_looked_up_at_once(office: Any, looking: Any) -> None:
    checks, answers, clock = looking(WITHOUT_KEY, ALL)
    office.open(topic="deliverability")
    await look(checks, clock)
    assert office.read().entries[-1].facts["dkim"] == ""

    office.later("1m").desk.note("T-1", facts={"selector": "s1"})
    await look(checks, clock)

    assert [check.settings.mail.selectors for check in answers.asked] == [[], ["s1"]]
    assert due_question(office.read()) is None


async def test_another_domain_is_looked_up_anew_and_what_was_known_of_the_first_counts_no_more(
    office: Any, looking: Any
) -> None:
    checks, answers, clock = looking(ALL, SILENT)
    office.open(topic="deliverability")
    await look(checks, clock)

    office.later("1m").desk.note("T-1", facts={"domain": "other.example"})
    await look(checks, clock)

    assert [check.settings.mail.domain for check in answers.asked] == ["acme.example", "other.example"]
    assert due_question(office.read()) == Question("other.example")


async def test_a_word_that_is_no_domain_harms_nothing(office: Any, looking: Any) -> None:
    checks, answers, clock = looking(ALL)
    office.open(topic="deliverability")
    office.desk.note("T-1", facts={"domain": "no domain"})
    office.open(topic="deliverability")

    await look(checks, clock)

    assert [check.settings.mail.domain for check in answers.asked] == ["acme.example"]


def test_a_name_that_has_no_answer_while_controls_do_is_a_finding(office: Any) -> None:
    from attrs import evolve

    outcome = evolve(SILENT, state=State.DOWN, doubt=Doubt.RESOLVER)
    controlled = evolve(office.policies, controls=Controls(resolve=("one.example",)))

    with_controls = read_outcome(Question("acme.example"), outcome, controlled, office.now)
    without = read_outcome(Question("acme.example"), outcome, office.policies, office.now)

    assert with_controls.facts["spf"] == "wrong: SPF not known: no answer"
    assert without.facts["spf"] == ""


async def test_a_clock_that_is_set_back_postpones_nothing(office: Any, looking: Any) -> None:
    office.open(topic="deliverability")
    checks, answers, clock = looking(Outcome.error("no resolver answers"))
    await look(checks, clock)

    clock.set_by(-24 * 3600)
    await look(checks, clock, 120)

    assert len(answers.asked) == 2

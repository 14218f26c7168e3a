"""Who of those who answer is told of a ticket, of what, and when; it is Thursday, 15:00, and the office is open."""

from collections.abc import Sequence
from typing import Any

import pytest

from sla_engine import load_policies
from sla_engine.engine.tickets.acting import Desk
from sla_engine.engine.tickets.files import attachment
from sla_engine.model.instant import DAY, Instant, format_instant
from sla_engine.store.outbox import Notice
from sla_engine.store.outbox.threads import notices_under
from tests.engine.tickets.conftest import PNG, POLICIES

ALL_FACTS = {"browser": "Firefox", "reproduced": "yes", "faq_searched": "yes"}
STAFF = """
[notifier.front]
via = "email"
server = "smtp://127.0.0.1:25"
from = "engine@provider.example"
to = ["front@provider.example"]
language = "pt"
[notifier.eva]
via = "email"
server = "smtp://127.0.0.1:25"
from = "engine@provider.example"
to = ["eva@provider.example", "eva@home.example"]
[notifier.ivo]
via = "email"
server = "smtp://127.0.0.1:25"
from = "engine@provider.example"
to = ["ivo@provider.example"]
[rotation.engineers]
of = ["eva", "ivo"]
from = 2026-01-05T00:00:00
"""


def staff(office: Any, first: str, second: str = '["engineers"]', keys: str = "") -> Any:
    """Say whom the levels tell."""
    levels = POLICIES
    for level, names in (("first", first), ("second", second)):
        levels = levels.replace(f"[support.{level}]\n", f"[support.{level}]\nnotify = {names}\n")
    tables = STAFF.replace('language = "pt"\n', f'language = "pt"\n{keys}\n')
    (office.folder / "all.toml").write_text(levels + tables)
    office.policies = load_policies(office.folder)
    return office


@pytest.fixture
def staffed(office: Any) -> Any:
    """The first level is told by one mail in Portuguese, the second by whoever of two is on call."""
    return staff(office, '["front"]')


def notices(office: Any) -> Sequence[Notice]:
    with office.store.reading() as connection:
        return notices_under(connection, "desk", 0)


def told(office: Any) -> list[tuple[str, str]]:
    return [(one.about, one.recipient) for one in notices(office)]


def _minute(at: Instant) -> str:
    return format_instant(at)[:16]


def hand_on(office: Any, text: str = "") -> None:
    office.desk.note("T-1", facts=ALL_FACTS, files=(attachment("shot.png", PNG),))
    office.desk.escalate("T-1", "second", text)


def test_a_new_ticket_is_told_to_its_level_with_all_that_it_takes_to_answer(staffed: Any) -> None:
    staffed.open(name="Zoé", sender="zoe@acme.example")

    [notice] = notices(staffed)
    facts = {name: notice.facts[name] for name in ("ticket", "subject", "text", "name", "sender", "customer", "link")}
    assert (notice.about, notice.recipient, notice.thread) == ("desk-opened", "front@provider.example", "desk/T-1")
    assert (notice.language, notice.severity, notice.due_at) == ("pt", "info", staffed.now)
    assert facts == {
        "ticket": "T-1",
        "subject": "No mail arrives",
        "text": "Since noon.",
        "name": "Zoé",
        "sender": "zoe@acme.example",
        "customer": "acme",
        "link": "https://status.provider.example/tickets/T-1",
    }
    assert _minute(notice.facts["due_at"]) == "2026-01-08T17:00"


def test_whoever_is_not_sent_a_number_is_told_of_all_the_same(staffed: Any) -> None:
    staffed.open(is_told=False)

    assert told(staffed) == [("desk-opened", "front@provider.example")]


def test_a_ticket_that_is_opened_again_by_the_same_key_is_told_once(staffed: Any) -> None:
    staffed.open(key="mail/1")
    staffed.later("1m").open(key="mail/1")

    assert len(told(staffed)) == 1


def test_the_level_that_a_ticket_reaches_is_told_why_and_when_its_own_answer_is_due(staffed: Any) -> None:
    staffed.open()
    hand_on(staffed.later("1h"), "It must be the index.")

    assert told(staffed)[1:] == [("desk-reached", "eva@provider.example"), ("desk-reached", "eva@home.example")]
    facts = notices(staffed)[-1].facts
    assert (facts["text"], facts["team"], facts["level"]) == ("It must be the index.", "development", {"": "second"})
    assert _minute(facts["due_at"]) == "2026-01-09T16:00"


def test_whoever_is_on_call_by_then_is_told(staffed: Any) -> None:
    staffed.open()
    staffed.now += 7 * DAY
    hand_on(staffed)

    assert told(staffed)[1:] == [("desk-reached", "ivo@provider.example")]


def test_what_the_customer_writes_is_told_to_the_level_that_has_the_ticket(staffed: Any) -> None:
    staffed.open()
    hand_on(staffed)
    staffed.later("1m").desk.hear("T-1", "It is slow again.", facts={"from": "max@acme.example"})

    assert [about for about, _ in told(staffed)] == ["desk-opened", *2 * ["desk-reached"], *2 * ["desk-wrote"]]
    facts = notices(staffed)[-1].facts
    assert (facts["text"], facts["sender"], facts["level"]) == (
        "It is slow again.",
        "max@acme.example",
        {"": "second"},
    )


def test_an_answer_of_the_customer_that_was_waited_for_is_told_with_when_ours_is_due(staffed: Any) -> None:
    staffed.open()
    staffed.desk.wait("T-1", "Which browser?")
    staffed.later("1h").desk.hear("T-1", "Firefox.")  # a microsecond of waiting is lost to the order of acts

    assert told(staffed)[1:] == [("desk-wrote", "front@provider.example")]
    assert _minute(notices(staffed)[-1].facts["due_at"]) == "2026-01-08T17:59"


def test_thanks_for_an_answer_are_told_and_nothing_is_due(staffed: Any) -> None:
    staffed.open()
    staffed.desk.answer("T-1", "Done.")
    staffed.later("1h").desk.hear("T-1", "Thank you!")

    assert told(staffed)[1:] == [("desk-wrote", "front@provider.example")]
    assert notices(staffed)[-1].facts["due_at"] is None


def test_a_mail_that_comes_twice_is_told_once(staffed: Any) -> None:
    staffed.open()
    staffed.desk.hear("T-1", "Hello?", key="mail/2")
    staffed.later("1m").desk.hear("T-1", "Hello?", key="mail/2")

    assert len(told(staffed)) == 2


def test_a_ticket_that_is_reopened_is_told_as_a_new_one_is(staffed: Any) -> None:
    staffed.open()
    staffed.desk.resolve("T-1", "Done.")
    staffed.later("1h").desk.reopen("T-1", "It is back.")

    assert told(staffed)[1:] == [("desk-opened", "front@provider.example")]
    assert notices(staffed)[-1].facts["act"] == "reopened"


def test_what_the_desk_itself_does_is_not_told_to_it(staffed: Any) -> None:
    staffed.open()
    staffed.desk.wait("T-1", "Which browser?")
    Desk(staffed.policies, staffed.store, None, staffed.now).resume("T-1", "I asked by telephone.")
    staffed.desk.note("T-1", "Odd.")
    staffed.desk.tell("T-1", "We are at it.")
    staffed.desk.answer("T-1", "Fixed.")
    staffed.desk.resolve("T-1")

    assert told(staffed) == [("desk-opened", "front@provider.example")]


def test_a_ticket_that_lives_elsewhere_is_told_of_there(staffed: Any) -> None:
    staffed.open(source="helpdesk", foreign_id="77")

    assert told(staffed) == []


def test_a_level_that_names_nobody_tells_nobody(office: Any) -> None:
    office.open()

    assert told(office) == []


def test_who_is_named_twice_is_told_once(office: Any) -> None:
    staff(office, '["eva", "engineers"]').open()

    assert told(office) == [("desk-opened", "eva@provider.example"), ("desk-opened", "eva@home.example")]


def test_by_night_it_waits_until_the_notifier_is_open(office: Any) -> None:
    staff(office, '["front"]', keys='during = "office"').later("4h").open()

    assert [_minute(one.due_at) for one in notices(office)] == ["2026-01-09T10:00"]

"""Who is told, in minutes: ``0 mail`` is a message to mail when the incident opens."""

from hypothesis import given
from hypothesis import strategies as st

from sla_engine.engine.escalation import Told, ancestors, follows, told
from sla_engine.engine.incidents import Incident
from sla_engine.model.duration import Duration, parse_duration
from sla_engine.model.instant import MINUTE
from sla_engine.model.interval import Interval, merge
from sla_engine.model.schedule import Every
from sla_engine.model.service import Service
from sla_engine.model.text import plain
from sla_engine.policy.documents import EscalationTable, Step, Trigger

STEPS = (Step(("mail",)), Step(("sms", "phone"), parse_duration("15m")))


def incident(opened: int | None = 0, closed: int | None = None) -> Incident:
    opened_at = None if opened is None else opened * MINUTE
    closed_at = None if closed is None else closed * MINUTE
    return Incident("api", 0, opened_at, closed_at, closed_at, False)


def messages(
    one: Incident, *, repeat: str | None = None, until: int = 600, held: tuple[tuple[int, int], ...] = ()
) -> list[str]:
    escalation = EscalationTable(Trigger(), STEPS, repeat=parse_duration(repeat) if repeat else None)
    windows = merge((start * MINUTE, end * MINUTE) for start, end in held)
    return [text(message) for message in told(one, escalation, until * MINUTE, windows)]


def text(message: Told) -> str:
    about = {"opened": "", "repeated": " again", "recovered": " over"}[message.about]
    return f"{message.at // MINUTE} {message.notifier}{about}"


def test_each_step_tells_its_notifiers_so_long_after_the_incident_opened() -> None:
    assert messages(incident(5)) == ["5 mail", "20 sms", "20 phone"]


def test_once_it_is_closed_only_those_are_told_who_were_told_before() -> None:
    assert messages(incident(0, closed=10)) == ["0 mail", "10 mail over"]
    assert messages(incident(0, closed=15)) == ["0 mail", "15 mail over"]
    assert messages(incident(0, closed=16)) == [
        "0 mail",
        "15 sms",
        "15 phone",
        "16 mail over",
        "16 sms over",
        "16 phone over",
    ]


def test_the_last_step_is_repeated_while_it_lasts() -> None:
    assert messages(incident(0), repeat="4h", until=496) == [
        "0 mail", "15 sms", "15 phone", "255 sms again", "255 phone again", "495 sms again", "495 phone again"
    ]  # fmt: skip
    assert messages(incident(0, closed=255), repeat="4h")[-3:] == ["255 mail over", "255 sms over", "255 phone over"]


def test_what_did_not_open_is_told_to_nobody() -> None:
    assert messages(incident(None, closed=10)) == []


def test_held_messages_are_sent_when_the_hold_ends_if_it_still_lasts() -> None:
    assert messages(incident(0), held=((0, 30),)) == ["30 mail", "30 sms", "30 phone"]
    assert messages(incident(0, closed=20), held=((0, 30),)) == []
    assert messages(incident(0, closed=20), held=((10, 30),)) == ["0 mail", "30 mail over"]


def test_repetitions_that_were_held_together_are_one_message() -> None:
    assert messages(incident(0), repeat="10m", until=70, held=((20, 60),)) == [
        "0 mail", "15 sms", "15 phone", "60 sms again", "60 phone again", "65 sms again", "65 phone again"
    ]  # fmt: skip


def test_nothing_is_sent_before_its_time() -> None:
    assert messages(incident(0), until=0) == []
    assert messages(incident(0), until=15) == ["0 mail"]


def test_an_escalation_is_about_all_services_or_about_some() -> None:
    assert follows(EscalationTable(Trigger(), ()), "api")
    assert not follows(EscalationTable(Trigger(("website",)), ()), "api")


def test_what_a_service_depends_on_is_all_that_its_parents_do() -> None:
    every = Every(Duration(MINUTE))
    services = {
        name: Service(name, plain(name), every, (), depends_on=parents, customer=customer)
        for name, parents, customer in [
            ("network", (), None),
            ("database", ("network",), None),
            ("acme/relay", ("own",), "acme"),
            ("acme/own", ("database",), "acme"),
        ]
    }

    assert ancestors(services["acme/relay"], services) == {"acme/own", "database", "network"}


windows = st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), max_size=3)


@given(st.integers(0, 60), st.integers(0, 120) | st.none(), windows, st.integers(1, 30) | st.none())
def test_every_message_lies_between_opening_and_end_and_outside_of_holds(
    opened: int, lasts: int | None, held: list[tuple[int, int]], repeat: int | None
) -> None:
    one = incident(opened, None if lasts is None else opened + lasts + 1)
    escalation = EscalationTable(Trigger(), STEPS, repeat=None if repeat is None else Duration(repeat * MINUTE))
    holds: list[Interval] = merge((start * MINUTE, end * MINUTE) for start, end in held)

    sent = told(one, escalation, 200 * MINUTE, holds)

    assert len(
        {(message.at, message.notifier, message.step) for message in sent if message.about != "recovered"}
    ) == len([message for message in sent if message.about != "recovered"])
    for message in sent:
        assert not any(start <= message.at < end for start, end in holds)
        assert one.opened_at is not None
        assert one.opened_at <= message.at < 200 * MINUTE
        if message.about != "recovered" and one.closed_at is not None:
            assert message.at < one.closed_at

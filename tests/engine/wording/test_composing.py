"""One message out of all that somebody is to be told."""

import random

import pytest
from attrs import evolve

from sla_engine.model.instant import DAY, HOUR, MINUTE
from sla_engine.model.text import Text
from sla_engine.model.zone import parse_zone
from sla_engine.plugin.abouts import ABOUTS
from sla_engine.policy.documents import TextTable
from tests.engine.wording.noticing import AT, BEGAN, FACTS, noticed, told


def test_an_outage_is_told_as_a_colleague_would() -> None:
    message = told(noticed("opened"))

    assert message.subject == "[down] Orders"
    assert message.text == (
        "Orders has been down since 26 November 2026, 08:30 (Europe/Lisbon).\n"
        "\n"
        "Reason: status 503, expected 2xx\n"
        "Incident: 7\n"
        "Service: orders\n"
        "\n"
        "You will be told when it is over.\n"
        "To take it on, so that the reminders stop: sla incident acknowledge 7\n"
    )
    assert message.short == "DOWN: Orders since 08:30 (Europe/Lisbon), incident 7: status 503, expected 2xx"


def test_a_recovery_tells_how_long_it_lasted() -> None:
    message = told(noticed("recovered"))

    assert message.subject == "[recovered] Orders"
    assert message.text.startswith("Orders is up again. Duration: 40 minutes.\n")
    assert "When: 26 November 2026, 08:30–09:10 (Europe/Lisbon)" in message.text
    assert message.short == "UP AGAIN: Orders since 09:10 (Europe/Lisbon), after 40 min, incident 7"


@pytest.mark.parametrize(
    ("zone", "since"),
    [("UTC", "08:30 (UTC)"), ("GMT+1", "09:30 (GMT+1)"), ("Asia/Tokyo", "17:30 (Asia/Tokyo)")],
)
def test_times_are_told_on_the_clocks_of_the_zone_with_its_name(zone: str, since: str) -> None:
    message = told(noticed("opened"), zone=parse_zone(zone))

    assert f"26 November 2026, {since}." in message.text
    assert since in message.short


def test_many_that_are_down_by_one_cause_are_one_sentence_with_their_count() -> None:
    notices = [
        noticed("opened", number, service=f"s{number}", title={"": f"S{number}"}, cause="db1.example.com")
        for number in range(2999)
    ]

    message = told(*notices)

    assert message.subject == "[down] 2,999 services, all on db1.example.com"
    assert message.text.splitlines()[0] == (
        "2,999 services are down, all on db1.example.com: S0, S1, S2, S3, S4, S5, S6, S7, S8 and 2,990 more."
    )
    assert message.text.count("\n- ") == 21
    assert "- and 2,979 more\n" in message.text
    assert message.short == "DOWN: 2,999 services, all on db1.example.com: S0, S1, S2 and 2,996 more"
    assert message.names["count"] == "2,999"
    assert message.thread == "cause/db1.example.com"


def test_what_is_down_and_what_is_up_again_are_told_apart() -> None:
    down = [noticed("opened", number, title={"": f"S{number}"}) for number in (1, 2)]
    up = [noticed("recovered", number, title={"": f"S{number}"}) for number in (3, 4, 5)]

    message = told(*down, *up)

    assert message.subject == "[down] 2 services; [recovered] 3 services"
    assert message.text.splitlines()[0] == "2 services are down. 3 services are up again."
    assert "2 services are down: S1 and S2.\n" in message.text
    assert "3 services are up again: S3, S4 and S5.\n" in message.text
    assert message.short == "DOWN: 2 services; UP AGAIN: 3 services"
    assert (message.about, message.is_first, message.is_over, message.thread) == ("opened", True, False, None)


def test_other_causes_are_other_sentences() -> None:
    notices = [noticed("opened", number, cause=f"db{number % 2}") for number in range(4)]

    assert told(*notices).text.splitlines()[0] == "2 services are down, all on db0. 2 services are down, all on db1."


def test_who_is_late_to_hear_of_an_outage_hears_of_its_end_at_once() -> None:
    message = told(noticed("opened"), noticed("repeated", at=AT + HOUR), noticed("recovered", at=AT + 2 * HOUR))

    assert message.subject == "[recovered] Orders"
    assert "is down" not in message.text
    assert (message.about, message.is_first, message.is_over) == ("recovered", True, True)


def test_an_incident_is_told_once_by_however_many_escalations() -> None:
    by_another = evolve(noticed("opened"), key="other", thread="incident/7/managers")

    message = told(noticed("opened"), by_another)

    assert message.subject == "[down] Orders"
    assert message.text.count("has been down") == 1


def test_every_answer_to_a_ticket_is_told() -> None:
    answers = [noticed("ticket-answered", at=AT + minute * MINUTE, text=f"Answer {minute}") for minute in (1, 2)]

    message = told(*answers)

    assert "Answer 1" in message.text
    assert "Answer 2" in message.text


def test_of_a_clock_the_newest_warning_is_told() -> None:
    warnings = [
        evolve(noticed("clock-warning", at=AT + percent * MINUTE, percent=percent), thread=f"clock/T-104/{percent}")
        for percent in (50, 75, 90)
    ]

    text = told(*warnings).text

    assert text.count("has to be answered soon") == 1
    assert "Time used: 90 %" in text


def test_the_order_of_the_notices_changes_nothing() -> None:
    notices = [noticed(about, number) for number, about in enumerate(FACTS, start=1)]
    shuffled = notices[:]
    random.Random(7).shuffle(shuffled)

    assert told(*notices) == told(*shuffled)


def test_a_message_that_tells_of_everything_names_it_all() -> None:
    message = told(*[noticed(about, number) for number, about in enumerate(FACTS, start=1)])

    assert len(message.subject) <= 120
    assert message.text.splitlines()[0].endswith("more.")
    assert message.html.count("<h1") == 1


@pytest.mark.parametrize(
    ("abouts", "is_first", "is_over"),
    [
        (["opened"], True, False),
        (["repeated"], False, False),
        (["acknowledged"], False, False),
        (["recovered"], False, True),
        (["burn"], True, False),
        (["burn-over"], False, True),
        (["engine-over"], False, True),
        (["maintenance-planned"], True, False),
        (["maintenance-changed"], False, False),
        (["maintenance-cancelled"], False, True),
        (["ticket-resolved"], False, True),
    ],
)
def test_a_message_knows_whether_it_begins_or_ends_something(abouts: list[str], is_first: bool, is_over: bool) -> None:
    message = told(*[noticed(about) for about in abouts])

    assert (message.is_first, message.is_over) == (is_first, is_over)


def test_a_message_is_as_severe_as_the_most_severe_of_what_it_tells() -> None:
    minor, critical = (evolve(noticed("opened", n), severity=s) for n, s in ((1, "minor"), (2, "critical")))

    assert told(minor).severity == "minor"
    assert told(minor, critical).severity == "critical"


def test_the_subject_stays_the_same_as_long_as_an_incident_lasts() -> None:
    first, later = told(noticed("opened")), told(noticed("repeated", at=AT + 4 * HOUR))

    assert first.subject == later.subject
    assert first.thread == later.thread == "incident/7/infrastructure"


def test_what_is_still_down_tells_for_how_long() -> None:
    message = told(noticed("repeated", at=BEGAN + 4 * HOUR))

    assert message.text.startswith("Orders is still down. Duration so far: 4 hours.\n")


def test_a_later_step_says_that_it_is_one() -> None:
    assert "Escalation: infrastructure, step 2" in told(noticed("opened", step=2)).text
    assert "Escalation" not in told(noticed("opened", step=1)).text


def test_a_customer_is_told_no_command_of_ours() -> None:
    message = told(evolve(noticed("opened", customers=["ACME S.A."]), customer="acme"))

    assert "sla incident" not in message.text
    assert "Customer: ACME S.A." in message.text


def test_maintenance_that_is_moved_tells_both_times() -> None:
    text = told(noticed("maintenance-changed")).text

    assert "When: 6 December 2026, 08:30–10:30 (Europe/Lisbon)" in text
    assert "Before: 5 December 2026, 08:30–10:30 (Europe/Lisbon)" in text


def test_maintenance_that_is_only_worded_anew_tells_no_other_time() -> None:
    assert "Before" not in told(noticed("maintenance-changed", was=None)).text


def test_what_customers_should_know_of_maintenance_stands_in_its_lines() -> None:
    message = told(noticed("maintenance-planned", message={"en": "We move to a new server.\nNothing else changes."}))

    assert "We move to a new server.\nNothing else changes.\n" in message.text
    assert "We move to a new server.<br>Nothing else changes." in message.html


@pytest.mark.parametrize(
    ("left", "told_so", "then"),
    [
        (7 * DAY + HOUR, "expires in 7 days.", "From then on, programs refuse to connect."),
        (DAY, "expires in 1 day.", "From then on, programs refuse to connect."),
        (5 * HOUR, "expires in less than a day.", "From then on, programs refuse to connect."),
        (0, "has expired.", "Programs refuse to connect until it is renewed."),
        (-DAY, "has expired.", "Programs refuse to connect until it is renewed."),
    ],
)
def test_a_certificate_tells_how_long_it_is_good_for(left: int, told_so: str, then: str) -> None:
    text = told(noticed("certificate", days=left // DAY, expires_at=AT + left)).text

    assert text.startswith(f"The certificate of Orders {told_so}\n")
    assert then in text


def test_a_title_that_is_not_in_the_readers_language_is_the_english_one_and_one_that_is_missing_the_id() -> None:
    assert told(noticed("opened", title={"en": "Orders"}), language="pt").subject == "[indisponível] Orders"
    assert told(noticed("opened", title={}), language="pt").subject == "[indisponível] orders"


def test_a_language_that_we_do_not_write_is_english() -> None:
    assert told(noticed("opened"), language="xx") == told(noticed("opened"), language="en")


def test_every_kind_of_notice_is_tried() -> None:
    assert set(FACTS) == set(ABOUTS)


def test_what_has_no_text_is_refused_rather_than_sent_empty() -> None:
    with pytest.raises(ValueError, match="no text about nonsense"):
        told(evolve(noticed("opened"), about="nonsense"))
    with pytest.raises(ValueError, match="nothing to tell"):
        told()


@pytest.mark.parametrize(
    ("closed_as", "sentence"),
    [
        ("unwatched", "The incident of Orders is closed: the service is no longer watched."),
        ("mistaken", "The incident of Orders is closed: by later results there was none."),
    ],
)
def test_what_was_closed_without_being_seen_up_is_not_told_to_be_up(closed_as: str, sentence: str) -> None:
    own = {"recovered": TextTable(subject=Text({"": "{title} is up again"}))}

    message = told(noticed("recovered", closed_as=closed_as, ended_at=None), texts=own)

    assert message.subject == "[closed] Orders"
    assert message.text.startswith(sentence)
    assert message.short == "CLOSED: Orders since 08:30 (Europe/Lisbon), incident 7: status 503, expected 2xx"
    assert message.is_over
    assert "until" not in message.names
    assert "up again" not in message.text


def test_of_budgets_in_several_contracts_services_are_counted_once_and_values_stand_apart_from_their_names() -> None:
    message = told(noticed("burn", 1), noticed("burn", 2, customer="ACME"))

    assert message.subject == "[error budget] Orders"
    assert message.text.startswith("2 error budgets burn too fast: Orders.")
    assert "- Orders: Rate: 14.4 times too fast; Downtime still allowed: 3 hours 26 minutes; " in message.text

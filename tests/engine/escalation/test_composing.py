"""Who is told of an incident, and when; see ``alarm`` for how it is written."""

from collections.abc import Callable

from sla_engine.engine.escalation.composing import compose
from sla_engine.model.instant import MINUTE
from sla_engine.policy import PolicySet
from tests.engine.escalation.alarm import NOTIFIERS, TWO_STEPS, Alarm, minute, text

Policies = Callable[..., PolicySet]

REPEATED = TWO_STEPS.replace("on = {}", 'on = {}\nrepeat = "4h"')
OFTEN = TWO_STEPS.replace("on = {}", 'on = {}\nrepeat = "10m"')


def test_each_step_tells_its_notifiers_so_long_after_the_incident_opened(policies: Policies) -> None:
    alarm = Alarm(policies(), opened=5)

    assert alarm.every_minute(60) == ["5 mail", "20 sms", "20 phone"]


def test_once_it_is_closed_only_those_are_told_who_were_told_before(policies: Policies) -> None:
    found = policies()

    assert Alarm(found, closed=10).every_minute(60) == ["0 mail", "10 mail over"]
    assert Alarm(found, closed=15).every_minute(60) == ["0 mail", "15 mail over"]
    assert Alarm(found, closed=16).every_minute(60) == [
        "0 mail", "15 sms", "15 phone", "16 mail over", "16 sms over", "16 phone over"
    ]  # fmt: skip


def test_the_last_step_is_repeated_while_it_lasts(policies: Policies) -> None:
    assert Alarm(policies(REPEATED)).every_minute(500) == [
        "0 mail", "15 sms", "15 phone", "255 sms again", "255 phone again", "495 sms again", "495 phone again"
    ]  # fmt: skip


def test_what_did_not_open_is_told_to_nobody(policies: Policies) -> None:
    assert Alarm(policies(), opened=None, closed=10).every_minute(60) == []


def test_an_acknowledgement_stops_the_steps_and_not_the_recovery(policies: Policies) -> None:
    alarm = Alarm(policies(REPEATED), closed=300)
    alarm.happens(5, "acknowledged")

    assert alarm.every_minute(400) == ["0 mail", "5 mail taken", "300 mail over"]


def test_repetitions_stop_too(policies: Policies) -> None:
    alarm = Alarm(policies(OFTEN))
    alarm.happens(27, "acknowledged")

    assert alarm.every_minute(120)[-3:] == ["27 mail taken", "27 sms taken", "27 phone taken"]


def test_an_acknowledgement_that_is_taken_back_lets_the_steps_go_on(policies: Policies) -> None:
    alarm = Alarm(policies())
    alarm.happens(5, "acknowledged")
    alarm.happens(40, "unacknowledged")

    assert alarm.every_minute(120) == ["0 mail", "5 mail taken", "40 sms", "40 phone"]


def test_two_acknowledgements_are_told_as_two(policies: Policies) -> None:
    alarm = Alarm(policies())
    alarm.happens(5, "acknowledged")
    alarm.happens(6, "unacknowledged")
    alarm.happens(8, "acknowledged", "bruno")

    said = alarm.every_minute(60)

    assert said == ["0 mail", "5 mail taken", "8 mail taken"]
    assert [one.facts["acknowledged_by"] for one in alarm.told.values()] == [None, "anna", "bruno"]


def test_that_a_service_flaps_is_told_once_to_those_who_were_told(policies: Policies) -> None:
    alarm = Alarm(policies(), flapped=(30, 50, 70))

    assert alarm.every_minute(120) == [
        "0 mail", "15 sms", "15 phone", "30 mail flaps", "30 sms flaps", "30 phone flaps"
    ]  # fmt: skip


def test_held_messages_are_sent_when_the_hold_ends_if_it_still_lasts(policies: Policies) -> None:
    found = policies()

    assert Alarm(found, held=[(0, 30)]).every_minute(60) == ["30 mail", "30 sms", "30 phone"]
    assert Alarm(found, closed=20, held=[(0, 30)]).every_minute(60) == []
    assert Alarm(found, closed=20, held=[(10, 30)]).every_minute(60) == ["0 mail", "30 mail over"]


def test_a_hold_of_which_no_end_is_known_holds(policies: Policies) -> None:
    alarm = Alarm(policies(), held=[(0, 30)])

    composed = compose(alarm.case(29), policies(), minute(30))

    assert (composed.notices, composed.next_at) == ((), None)


def test_what_is_over_and_held_is_looked_at_again_within_a_minute(policies: Policies) -> None:
    alarm = Alarm(policies(), closed=20, held=[(10, 30)])
    alarm.look(0)

    composed = compose(alarm.case(25), policies(), minute(30))

    assert (composed.notices, composed.next_at) == ((), minute(30) + MINUTE)


def test_repetitions_that_were_held_together_are_one_message(policies: Policies) -> None:
    assert Alarm(policies(OFTEN), held=[(20, 60)]).every_minute(70) == [
        "0 mail", "15 sms", "15 phone", "60 sms again", "60 phone again", "65 sms again", "65 phone again"
    ]  # fmt: skip


def test_what_an_engine_that_was_off_missed_is_one_message_of_the_latest_step(policies: Policies) -> None:
    one = policies(
        '[escalation.all]\non = {}\nrepeat = "1h"\nstep = [{ notify = ["mail"] }, { after = "15m", notify = ["mail"] }]'
    )
    alarm = Alarm(one)
    alarm.look(0)

    [missed] = alarm.look(600)

    assert text(missed) == "555 mail again"
    assert missed.facts["step"] == 2
    assert alarm.look(601) == []


def test_who_was_never_told_is_told_of_it_as_something_new(policies: Policies) -> None:
    alarm = Alarm(policies(OFTEN))

    assert alarm.say(100) == ["0 mail", "95 sms", "95 phone"]


def test_of_an_incident_that_came_and_went_while_nobody_looked_nobody_is_told(policies: Policies) -> None:
    assert Alarm(policies(), opened=5, closed=50).say(60) == []


def test_outside_of_its_calendar_a_message_waits_if_the_incident_still_lasts_then(policies: Policies) -> None:
    nights = '[calendar.nights]\ntimezone = "UTC"\nhours.all = "01:00-02:00"\n'
    found = policies(
        nights + TWO_STEPS, NOTIFIERS.replace('sms = { via = "bell"', 'sms = { via = "bell", during = "nights"')
    )

    assert Alarm(found).every_minute(90) == ["0 mail", "15 phone", "60 sms"]
    assert Alarm(found, closed=59).every_minute(90) == ["0 mail", "15 phone", "59 mail over", "59 phone over"]


def test_who_can_not_be_told_of_the_end_now_is_told_when_their_calendar_opens(policies: Policies) -> None:
    nights = '[calendar.nights]\ntimezone = "UTC"\nhours.all = "00:00-01:00"\n'
    found = policies(
        nights + TWO_STEPS, NOTIFIERS.replace('sms = { via = "bell"', 'sms = { via = "bell", during = "nights"')
    )

    assert Alarm(found, closed=120).every_minute(130)[-3:] == ["120 mail over", "1440 sms over", "120 phone over"]


def test_each_recipient_has_a_notice_and_a_recovery(policies: Policies) -> None:
    found = policies(notifiers=NOTIFIERS.replace('mail = { via = "bell"', 'mail = { via = "bell", doors = ["a", "b"]'))
    alarm = Alarm(found, closed=10)

    alarm.every_minute(20)

    assert [(one.about, one.recipient) for one in alarm.told.values()] == [
        ("opened", "a"), ("opened", "b"), ("recovered", "a"), ("recovered", "b")
    ]  # fmt: skip


def test_who_follows_is_told_instead_first_of_the_step_and_then_of_later_ones(policies: Policies) -> None:
    alarm = Alarm(policies())

    alarm.every_minute(20)

    assert [(one.notifier, one.next_notifiers) for one in alarm.told.values()] == [
        ("mail", ("sms", "phone")), ("sms", ("phone",)), ("phone", ())
    ]  # fmt: skip


def test_a_notice_says_all_that_its_text_may_need(policies: Policies) -> None:
    alarm = Alarm(
        policies(notifiers=NOTIFIERS.replace('mail = { via = "bell"', 'mail = { via = "bell", language = "pt"'))
    )

    [notice] = alarm.look(0)

    assert notice.key == "incident/7/all/0/1.0/mail/mail/"
    assert notice.thread == "incident/7/all"
    assert (notice.about, notice.severity, notice.language, notice.customer) == ("opened", "critical", "pt", None)
    assert notice.facts == {
        "service": "api",
        "title": {"": "api"},
        "state": "down",
        "reason": "status 503",
        "incident": 7,
        "began_at": minute(-1),
        "opened_at": minute(0),
        "ended_at": None,
        "closed_as": None,
        "escalation": "all",
        "step": 1,
        "cause": None,
        "acknowledged_by": None,
        "customers": [],
    }


def test_each_escalation_tells_in_a_thread_of_its_own(policies: Policies) -> None:
    alarm = Alarm(policies(TWO_STEPS + '[escalation.chief]\non = {}\nstep = [{ after = "5m", notify = ["mail"] }]'))

    assert alarm.every_minute(10) == ["0 mail", "5 mail"]
    assert [one.thread for one in alarm.told.values()] == ["incident/7/all", "incident/7/chief"]


def test_who_was_told_by_an_escalation_that_is_no_more_is_told_of_the_end(policies: Policies) -> None:
    alarm = Alarm(policies(), closed=20)
    alarm.every_minute(5)

    alarm.policies = policies(TWO_STEPS.replace("escalation.all", "escalation.other"))

    assert alarm.every_minute(30, since=5) == ["0 mail", "15 sms", "15 phone", "20 mail over", "20 sms over",
        "20 phone over", "20 mail over"]  # fmt: skip


def test_a_service_that_goes_down_again_within_its_incident_is_told_anew(policies: Policies) -> None:
    alarm = Alarm(policies(), closed=10)
    alarm.every_minute(20)

    alarm.opened, alarm.closed = 30, 50

    assert alarm.every_minute(60, since=30) == [
        "30 mail", "45 sms", "45 phone", "50 mail over", "50 sms over", "50 phone over"
    ]  # fmt: skip


def test_it_says_when_there_is_more_to_tell(policies: Policies) -> None:
    alarm = Alarm(policies(OFTEN))

    def next_at(at: float) -> float | None:
        found = compose(alarm.case(at), alarm.policies, minute(at) + 1).next_at
        return None if found is None else (found - 1 - minute(0)) / MINUTE

    assert [next_at(at) for at in (-1, 0, 14, 15, 25.5)] == [0, 15, 15, 25, 35]

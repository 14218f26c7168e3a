"""Who is on call, by the clock on the wall, and who is told when the turn has changed meanwhile."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.calendars.turns import Turns
from sla_engine.engine.escalation.reaching import Wait, reach
from sla_engine.model.instant import DAY, HOUR, MINUTE, Instant, parse_instant, to_datetime, to_instant
from sla_engine.model.zone import parse_zone
from sla_engine.policy import PolicySet
from sla_engine.policy.documents import RotationTable
from sla_engine.policy.rotations import Rotation, build_rotation
from sla_engine.policy.structure import structure
from tests.engine.escalation.alarm import NOTIFIERS, Alarm, minute

Policies = Callable[..., PolicySet]

LISBON = parse_zone("Europe/Lisbon")
ONE_STEP = '[escalation.all]\non = {}\nstep = [{ notify = ["oncall"] }]\n'


def rotation(
    of: str = "anna bruno carla",
    every: str = "7d",
    first: datetime = datetime(2026, 1, 5, 9),
    override: Sequence[Mapping[str, object]] = (),
) -> Rotation:
    table = {"of": of.split(), "every": every, "timezone": "Europe/Lisbon", "from": first, "override": list(override)}
    found, faults = structure(table, RotationTable)
    assert not faults, faults
    return build_rotation("oncall", found)


def on_call(made: Rotation, at: str) -> str:
    return made.shift(parse_instant(at)).notifier


@pytest.mark.parametrize(
    ("at", "who"),
    [
        ("2026-01-05T08:59:59Z", "carla"),  # before the first turn it goes on backwards
        ("2026-01-05T09:00:00Z", "anna"),
        ("2026-01-12T08:59:59Z", "anna"),
        ("2026-01-12T09:00:00Z", "bruno"),
        ("2026-01-19T09:00:00Z", "carla"),
        ("2026-01-26T09:00:00Z", "anna"),
        ("2026-03-30T07:59:59Z", "carla"),  # 29 March: summer time begins in Lisbon, and 09:00 is 08:00 UTC
        ("2026-03-30T08:00:00Z", "anna"),
        ("2026-10-26T08:59:59Z", "carla"),  # 25 October: it is over
        ("2026-10-26T09:00:00Z", "anna"),
    ],
)
def test_a_turn_of_a_week_begins_at_the_same_time_of_day_all_the_year(at: str, who: str) -> None:
    assert on_call(rotation(), at) == who


def test_a_week_with_a_change_of_the_clocks_has_an_hour_less_or_more() -> None:
    turns = rotation().turns

    def hours(at: str) -> float:
        number = turns.number(parse_instant(at))
        return (turns.start(number + 1) - turns.start(number)) / HOUR

    assert [hours(at) for at in ("2026-03-20T12:00:00Z", "2026-03-28T12:00:00Z", "2026-10-24T12:00:00Z")] == [
        168, 167, 169
    ]  # fmt: skip


def test_in_an_hour_that_clocks_show_twice_nobody_is_on_call_twice() -> None:
    made = rotation("anna bruno", every="1d", first=datetime(2026, 10, 24, 1, 45))

    # 25 October in Lisbon: 01:45 comes at 00:45Z and again at 01:45Z; the first one counts.
    assert [on_call(made, f"2026-10-25T{at}Z") for at in ("00:44:00", "00:45:00", "01:10:00", "01:50:00")] == [
        "anna", "bruno", "bruno", "bruno"
    ]  # fmt: skip


def test_turns_of_hours_begin_after_the_hour_that_clocks_skip() -> None:
    made = rotation("anna bruno", every="1h", first=datetime(2026, 3, 29, 0))

    # 29 March in Lisbon: after 00:59 comes 02:00, so that the turn of 01:00 has no time.
    assert [on_call(made, f"2026-03-29T{at}Z") for at in ("00:30:00", "01:30:00", "02:30:00")] == [
        "anna", "anna", "bruno"
    ]  # fmt: skip


def test_somebody_stands_in_from_one_moment_until_another() -> None:
    made = rotation(
        override=[
            {"from": datetime(2026, 1, 7, 12), "until": datetime(2026, 1, 8, 12), "notify": "bruno"},
            {"from": datetime(2026, 1, 8, 6, tzinfo=UTC), "until": datetime(2026, 1, 8, 8), "notify": "carla"},
        ]
    )

    moments = ("07T11:59", "07T12:00", "08T06:00", "08T08:00", "08T12:00")
    assert [on_call(made, f"2026-01-{at}:00Z") for at in moments] == ["anna", "bruno", "carla", "bruno", "anna"]


def test_a_step_tells_whoever_is_on_call_when_it_falls_due(policies: Policies) -> None:
    oncall = '[rotation.oncall]\nof = ["sms", "phone"]\nevery = "1h"\nfrom = 2026-01-05T00:00:00\n'
    steps = '[escalation.all]\non = {}\nrepeat = "40m"\nstep = [{ notify = ["oncall"] }]\n'

    alarm = Alarm(policies(oncall + steps), opened=10, closed=125)

    # 01:00 is a change of turns: who is told then for the first time is told of something new.
    assert alarm.every_minute(180) == ["10 sms", "50 sms again", "90 phone", "125 sms over", "125 phone over"]


def test_outside_of_its_calendar_a_rotation_waits_and_then_tells_who_is_on_call_by_then(policies: Policies) -> None:
    days = '[calendar.days]\ntimezone = "UTC"\nhours.all = "09:00-17:00"\n'
    oncall = '[rotation.oncall]\nof = ["sms", "phone"]\nevery = "1d"\nfrom = 2026-01-05T08:00:00\nduring = "days"\n'
    found = policies(days + oncall + ONE_STEP)

    at_night = reach("oncall", minute(60), (), found)

    assert at_night is not None
    assert (at_night.at, at_night.notifier) == (minute(9 * 60), "sms")
    assert at_night.waits == (Wait(minute(60), minute(9 * 60), "calendar", "days"),)


def test_where_whoever_is_on_call_cannot_be_reached_the_next_turn_is_told_if_that_is_earlier(
    policies: Policies,
) -> None:
    never = '[calendar.sundays]\ntimezone = "UTC"\nhours.sun = "09:00-17:00"\n'
    oncall = '[rotation.oncall]\nof = ["sms", "phone"]\nevery = "12h"\nfrom = 2026-01-05T00:00:00\n'
    found = policies(
        never + oncall + ONE_STEP, NOTIFIERS.replace('sms = { via = "bell"', 'sms = { via = "bell", during = "sundays"')
    )

    reached = reach("oncall", minute(60), (), found)

    assert reached is not None
    assert (reached.at, reached.notifier) == (minute(12 * 60), "phone")
    assert [(wait.cause, wait.name) for wait in reached.waits] == [("turn", "oncall")]


def test_who_can_never_be_reached_is_not_waited_for(policies: Policies) -> None:
    never = '[calendar.never]\ntimezone = "UTC"\n'
    found = policies(
        never + '[rotation.oncall]\nof = ["sms"]\nfrom = 2026-01-05T00:00:00\n' + ONE_STEP,
        NOTIFIERS.replace('sms = { via = "bell"', 'sms = { via = "bell", during = "never"'),
    )

    assert reach("sms", minute(0), (), found) is None
    assert reach("oncall", minute(0), (), found) is None
    assert Alarm(found).every_minute(10) == []


INSTANTS = st.integers(to_instant(datetime(2015, 1, 1, tzinfo=UTC)), to_instant(datetime(2035, 1, 1, tzinfo=UTC)))
ZONES = st.sampled_from(["Europe/Lisbon", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "UTC", "GMT+1"])
LENGTHS = st.sampled_from([HOUR, 8 * HOUR, 12 * HOUR, DAY, 7 * DAY, 90 * MINUTE])
MINUTES = st.integers(0, 7 * 24 * 60)


@given(INSTANTS, ZONES, LENGTHS, MINUTES)
def test_every_instant_belongs_to_one_turn(at: Instant, zone: str, length: int, first: int) -> None:
    wall = to_datetime(to_instant(datetime(2025, 12, 29, tzinfo=UTC)) + first * MINUTE).replace(tzinfo=None)
    turns = Turns(wall, length, parse_zone(zone))

    number = turns.number(at)

    assert turns.start(number) <= at < turns.start(number + 1)


@given(INSTANTS, LENGTHS)
def test_turns_of_whole_days_begin_at_one_time_of_day(at: Instant, length: int) -> None:
    turns = Turns(datetime(2026, 1, 5, 9), max(length // DAY, 1) * DAY, LISBON)

    begins = to_datetime(turns.start(turns.number(at)), LISBON.tz)

    assert (begins.hour, begins.minute) == (9, 0)

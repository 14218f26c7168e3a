"""Business time: open time between instants and due times, beside workclock and timegrid (both Rust), on the same data.

Every night in Berlin, of which the changes of the clocks make one shorter and one longer. Each side gets what it takes:
ours integers or datetimes, workclock aware datetimes, timegrid naive ones. Whose answer is right is decided by walking
through the minutes with a clock on the wall. timegrid is left out where it is not installed (``pip install timegrid``).
"""

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

import workclock
from measuring import compare

from sla_engine.calendars import CalendarRule, compile_calendar
from sla_engine.model.instant import DAY, MINUTE, parse_instant, to_datetime
from sla_engine.model.zone import parse_zone

PAIRS = 10_000
ZONE = "Europe/Berlin"
NIGHTS = CalendarRule(parse_zone(ZONE), (((22 * 60, 6 * 60),),) * 7)
FIRST = parse_instant("2026-01-01T00:00:00Z")
DAYS = 425

Moments = Sequence[tuple[datetime, datetime]]


def main() -> None:
    """Print what each costs, and how often each is wrong."""
    ours = compile_calendar("nights", NIGHTS)
    theirs = workclock.Schedule([workclock.WorkDay(time(22), time(6), days=range(7))], time_zone=ZoneInfo(ZONE))
    rng = random.Random(1)
    starts = [FIRST + rng.randrange(365 * DAY // MINUTE) * MINUTE for _ in range(PAIRS)]
    ends = [start + rng.randrange(40 * DAY // MINUTE) * MINUTE for start in starts]
    lengths = [rng.randrange(1, 40 * 60) * MINUTE for _ in range(PAIRS)]
    deltas = [timedelta(microseconds=length) for length in lengths]
    moments = [(to_datetime(start), to_datetime(end)) for start, end in zip(starts, ends, strict=True)]
    timed = [(start, delta) for (start, _), delta in zip(moments, deltas, strict=True)]

    between: dict[str, Callable[[], Sequence[object]]] = {
        "workclock, datetimes": lambda: [theirs.between(start, end) for start, end in moments],
        "ours, integers": lambda: [ours.open_between(start, end) for start, end in zip(starts, ends, strict=True)],
        "ours, datetimes": lambda: [ours.between(start, end) for start, end in moments],
    }
    add: dict[str, Callable[[], Sequence[object]]] = {
        "workclock, datetimes": lambda: [theirs.add(start, delta) for start, delta in timed],
        "ours, integers": lambda: [ours.add_open(start, length) for start, length in zip(starts, lengths, strict=True)],
        "ours, datetimes": lambda: [ours.add(start, delta) for start, delta in timed],
    }
    by_timegrid(between, add, moments, deltas)
    compare(f"between, {PAIRS:,} pairs", PAIRS, between)
    wrong(between, walked_between(starts, ends))
    compare(f"add, {PAIRS:,} pairs", PAIRS, add)
    wrong(add, walked_add(starts, lengths))
    compare(f"compile {DAYS} days", 1, {"ours": fresh})


def by_timegrid(
    between: dict[str, Callable[[], Sequence[object]]],
    add: dict[str, Callable[[], Sequence[object]]],
    moments: Moments,
    deltas: Sequence[timedelta],
) -> None:
    """Add timegrid to both contests, if it is there; it knows of no zones, so it is given the time on the wall."""
    try:
        import timegrid
    except ImportError:
        print("timegrid is not installed and left out")
        return
    calendar = timegrid.TimeGridCalendar.create()
    for day in ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"):
        calendar = calendar.add_open_rule(getattr(timegrid.DayOfWeek, day), time(22), time(6))
    compiled = calendar.compile(datetime(2026, 1, 1), datetime(2026, 1, 1) + timedelta(days=DAYS))
    walls = [(wall(start), wall(end)) for start, end in moments]
    timed = [(start, delta) for (start, _), delta in zip(walls, deltas, strict=True)]
    between["timegrid, on the wall"] = lambda: [compiled.get_working_duration(*pair) for pair in walls]
    add["timegrid, on the wall"] = lambda: [calendar.at(start).add_work_duration(delta) for start, delta in timed]


def wall(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)


def walked() -> list[int]:
    """The open minutes from the first instant until each minute after it, by looking at the clock every minute."""
    zone = ZoneInfo(ZONE)
    minutes = (to_datetime(FIRST + number * MINUTE, zone) for number in range(DAYS * 24 * 60))
    return list(accumulate((is_night(minute) for minute in minutes), initial=0))


def is_night(local: datetime) -> bool:
    return local.hour >= 22 or local.hour < 6


def walked_between(starts: Sequence[int], ends: Sequence[int]) -> list[int]:
    until = walked()
    return [
        (until[(end - FIRST) // MINUTE] - until[(start - FIRST) // MINUTE]) * MINUTE
        for start, end in zip(starts, ends, strict=True)
    ]


def walked_add(starts: Sequence[int], lengths: Sequence[int]) -> list[int]:
    """The first minute by which so much was open."""
    until = walked()
    first_with = {}
    for number, count in enumerate(until):
        first_with.setdefault(count, number)
    return [
        FIRST + first_with[until[(start - FIRST) // MINUTE] + length // MINUTE] * MINUTE
        for start, length in zip(starts, lengths, strict=True)
    ]


def wrong(sides: Mapping[str, Callable[[], Sequence[object]]], expected: Sequence[int]) -> None:
    """Print how many answers of each side are not those of the walk."""
    for name, answer in sides.items():
        count = sum(plain(found) != right for found, right in zip(answer(), expected, strict=True))
        print(f"  {name:42s} {count:7d} of {len(expected)} wrong")


def plain(answer: object) -> object:
    """A length or an instant in microseconds; a time on the wall is taken as the first that clocks show."""
    if isinstance(answer, timedelta):
        return answer // timedelta(microseconds=1)
    if isinstance(answer, datetime):
        aware = answer if answer.tzinfo else answer.replace(tzinfo=ZoneInfo(ZONE))
        return int(aware.timestamp()) * 1_000_000
    return answer


def fresh() -> None:
    """A calendar that has worked nothing out yet."""
    compile_calendar("nights", NIGHTS).open_between(FIRST, FIRST + DAYS * DAY)


if __name__ == "__main__":
    main()

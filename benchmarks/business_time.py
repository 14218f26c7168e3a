"""Business time: open time between instants and due times, beside workclock (Rust) on the same calendar and pairs."""

import random
from datetime import time
from zoneinfo import ZoneInfo

import workclock
from measuring import compare

from sla_engine.calendars import CalendarRule, compile_calendar
from sla_engine.model.instant import DAY, HOUR, MINUTE, parse_instant, to_datetime
from sla_engine.model.zone import parse_zone

PAIRS = 10_000
ZONE = "Europe/Berlin"


def main() -> None:
    """Print what each costs, and how often the two differ."""
    week = (((22 * 60, 6 * 60),),) * 5 + ((), ())
    ours = compile_calendar("nights", CalendarRule(parse_zone(ZONE), week))
    theirs = workclock.Schedule([workclock.WorkDay(time(22), time(6), days=range(5))], time_zone=ZoneInfo(ZONE))
    rng = random.Random(1)
    first = parse_instant("2026-01-01T00:00:00Z")
    starts = [first + rng.randrange(365 * DAY // MINUTE) * MINUTE for _ in range(PAIRS)]
    ends = [start + rng.randrange(40 * DAY // MINUTE) * MINUTE for start in starts]
    lengths = [rng.randrange(MINUTE, 40 * HOUR) for _ in range(PAIRS)]
    moments = [(to_datetime(start), to_datetime(end)) for start, end in zip(starts, ends, strict=True)]

    compare(
        "between",
        PAIRS,
        {
            "workclock, datetimes": lambda: [theirs.between(start, end) for start, end in moments],
            "ours, integers": lambda: [ours.open_between(start, end) for start, end in zip(starts, ends, strict=True)],
            "ours, datetimes": lambda: [ours.between(start, end) for start, end in moments],
        },
    )
    compare(
        "add, integers", PAIRS, {"ours": lambda: [ours.add_open(*pair) for pair in zip(starts, lengths, strict=True)]}
    )
    compare("compile 14 months", 1, {"ours": lambda: fresh(first)})
    wrong = sum(ours.between(*pair) != theirs.between(*pair) for pair in moments)
    print(f"answers that differ from workclock's: {wrong} of {PAIRS}")


def fresh(first: int) -> None:
    """A calendar that has worked nothing out yet."""
    week = (((22 * 60, 6 * 60),),) * 5 + ((), ())
    compile_calendar("nights", CalendarRule(parse_zone(ZONE), week)).open_between(first, first + 425 * DAY)


if __name__ == "__main__":
    main()

"""Reading a recorded history: what each line means, and what is wrong with it."""

import json
from typing import Any

import pytest

from sla_engine.exchange.history import HistoryError, Recorded, read_history
from sla_engine.model.duration import parse_duration
from sla_engine.model.instant import HOUR, MINUTE, parse_instant
from sla_engine.model.result import Result, State
from sla_engine.model.schedule import Cron, Every, Schedule
from sla_engine.model.service import Check, Service
from sla_engine.model.text import plain
from sla_engine.model.ticket import TicketAct, TicketEvent
from sla_engine.model.zone import parse_zone


def service(schedule: Schedule) -> Service:
    return Service("api", plain("API"), schedule, (Check("api", "health", "null", None, parse_duration("1s")),))


def read(*lines: Any, schedule: Schedule | None = None) -> Recorded:
    """Read lines; what is no bytes is written as JSON."""
    services = {"api": service(schedule or Every(parse_duration("5m")))}
    return read_history(
        "h.jsonl", [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines], services
    )


def faults(*lines: Any) -> tuple[str, ...]:
    with pytest.raises(HistoryError) as caught:
        read(*lines)
    return caught.value.faults


UP = {"check": "api/health", "at": "2026-10-01T00:00:00Z", "state": "up"}
OPENED = {"ticket": "T-1", "event": "opened", "level": "first", "at": "2026-10-01T09:00:00+02:00"}


def test_a_result_speaks_as_long_as_its_service_s_schedule_says() -> None:
    recorded = read({**UP, "state": "down", "ms": 12.5, "location": "lisbon", "reason": "HTTP 500"})

    assert recorded.results == (
        Result(
            check="api/health",
            at=parse_instant("2026-10-01T00:00:00Z"),
            state=State.DOWN,
            interval=5 * MINUTE,
            location="lisbon",
            latency=12_500,
            reason="HTTP 500",
        ),
    )


def test_by_cron_it_speaks_until_the_next_instant() -> None:
    office = Cron("0 8-17 * * *", parse_zone("UTC"))

    recorded = read({**UP, "at": "2026-10-01T16:00Z"}, {**UP, "at": "2026-10-01T17:00Z"}, schedule=office)

    assert [result.interval for result in recorded.results] == [HOUR, 15 * HOUR]


def test_what_is_optional_may_be_left_out_or_null() -> None:
    sparse, null = read(UP, {**UP, "ms": None, "location": None, "reason": None}).results

    assert sparse == null
    assert (sparse.location, sparse.latency, sparse.reason) == ("", None, None)


def test_a_ticket_event_may_have_a_customer_and_a_level() -> None:
    recorded = read(OPENED, {"ticket": "T-1", "event": "resolved", "customer": "acme", "at": "2026-10-01T10:00:00Z"})

    assert recorded.tickets == (
        TicketEvent("T-1", TicketAct.OPENED, parse_instant("2026-10-01T07:00:00Z"), "first", None),
        TicketEvent("T-1", TicketAct.RESOLVED, parse_instant("2026-10-01T10:00:00Z"), None, "acme"),
    )


def test_empty_lines_and_a_byte_order_mark_say_nothing() -> None:
    recorded = read(b"\xef\xbb\xbf" + json.dumps(UP).encode() + b"\r\n", b"\n", b"  \n")

    assert len(recorded.results) == 1


def test_results_of_checks_that_the_policies_do_not_have_are_counted_and_left_out() -> None:
    recorded = read(UP, {**UP, "check": "api/helth"}, {**UP, "check": "api/helth", "state": "down"})

    assert len(recorded.results) == 1
    assert recorded.unknown_checks == {"api/helth": [2, 3]}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"{", "this is not JSON: Expecting property name enclosed in double quotes at column 2"),
        (b'{"check": "api/health"\n', "this is not JSON: Expecting ',' delimiter at column 23"),
        (b"[1]", 'expected an object with "check" or "ticket"'),
        ({"at": "2026-10-01T00:00:00Z"}, 'expected an object with "check" or "ticket"'),
        (b"\xff\n", "this is not UTF-8 text: byte 1 of the line, invalid start byte"),
        (b'{"check": "api/health", "state": "up", "at": "2026-10-01T00:00:00Z", "state": "down"}',
         '"state" stands here twice'),
        (b"[" * 100_000, "this is nested too deeply to be an entry"),
        ({**UP, "check": 7}, '"check" must be text'),
        ({**UP, "check": ""}, '"check" must be text'),
        ({**UP, "state": "UP"}, "\"state\" must be one of up, degraded, down, error, not 'UP'"),
        ({**UP, "state": ["up"]}, "\"state\" must be one of up, degraded, down, error, not ['up']"),
        ({**UP, "ms": "12"}, '"ms" must be a number of milliseconds'),
        ({**UP, "ms": True}, '"ms" must be a number of milliseconds'),
        ({**UP, "ms": -1}, '"ms" must be a number of milliseconds'),
        ({**UP, "ms": float("nan")}, '"ms" must be a number of milliseconds'),
        ({**UP, "locaton": "x"}, 'unknown key "locaton": known are at, check, location, ms, reason, state'),
        ({**UP, "reason": "\ud800"}, '"reason" holds half of a character, a lone surrogate'),
        ({**UP, "at": 5}, '"at" must be text'),
        ({**UP, "at": "1969-12-31T23:59:59Z"}, '"at": 1969-12-31T23:59:59Z lies outside the years 1970 to 2189'),
        ({**UP, "at": "0001-01-01T00:00:00+14:00"}, '"at": date value out of range'),
        ({**UP, "at": "2026-10-01"}, '"at": 2026-10-01T00:00:00 has no offset from UTC, so it names no instant'),
        ({**OPENED, "event": "closed"}, '"event" must be one of opened, reached, answered, waiting, resumed, resolved, '
                                        "reopened, not 'closed'"),
        ({**OPENED, "level": None}, '"opened" needs a "level"'),
        ({**OPENED, "event": "reopened", "level": None}, '"reopened" needs a "level"'),
        ({**OPENED, "ticket": None}, '"ticket" must be text'),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_file_and_line(line: Any, fault: str) -> None:
    assert faults(UP, line) == (f"h.jsonl:2: {fault}",)


def test_all_faults_are_told_at_once_up_to_twenty() -> None:
    assert faults(b"x", UP, b"y")[1].startswith("h.jsonl:3: ")
    assert len(faults(*[b"x"] * 500)) == 21
    assert faults(*[b"x"] * 500)[-1] == "h.jsonl: further faults are left out"

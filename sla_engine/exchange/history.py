"""Recorded histories as JSON lines: one result or one ticket event a line, in any order.

A result carries ``check``, ``at``, ``state``, and where known ``ms``, ``location`` and ``reason``; a ticket event
carries ``ticket``, ``event``, ``at``, and where it has them ``level`` and ``customer``.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from attrs import frozen

from sla_engine.calendars.cron import CronInstants
from sla_engine.model.instant import Instant, format_instant, parse_instant
from sla_engine.model.result import Result, State
from sla_engine.model.schedule import Every, Schedule
from sla_engine.model.service import Service
from sla_engine.model.ticket import TicketAct, TicketEvent

_RESULT_KEYS = {"check", "at", "state", "ms", "location", "reason"}
_TICKET_KEYS = {"ticket", "event", "level", "customer", "at"}
_REACHING = {TicketAct.OPENED, TicketAct.REACHED, TicketAct.REOPENED}
_MOST_FAULTS = 20
_EARLIEST, _LATEST = parse_instant("1970-01-01T00:00:00Z"), parse_instant("2190-01-01T00:00:00Z")


class HistoryError(ValueError):
    """A recorded history cannot be read.

    Attributes:
        faults: what is wrong, each with file and line; at most the first twenty.
    """

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


@frozen
class Recorded:
    """What a file recorded.

    Attributes:
        unknown_checks: checks that the policies do not have, and the lines of their results, which were left out.
    """

    results: tuple[Result, ...]
    tickets: tuple[TicketEvent, ...]
    unknown_checks: Mapping[str, Sequence[int]]


def read_history(name: str, lines: Iterable[bytes], services: Mapping[str, Service]) -> Recorded:
    """Read a history; how long each result speaks comes from the schedule of its service.

    Args:
        name: of the file, as faults print it.
        lines: in UTF-8; empty ones say nothing.
        services: those of the policies, by id.

    Raises:
        HistoryError: a line is not what it should be; all faults are told at once.
    """
    intervals = _Intervals(services)
    results: list[Result] = []
    tickets: list[TicketEvent] = []
    unknown: dict[str, list[int]] = {}
    faults: list[str] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            entry = _object(line)
            if "ticket" in entry:
                tickets.append(_ticket_event(entry))
                continue
            result = _result(entry, intervals)
            if result is None:
                unknown.setdefault(entry["check"], []).append(number)
            else:
                results.append(result)
        except ValueError as error:
            faults.append(f"{name}:{number}: {error}")
            if len(faults) == _MOST_FAULTS:
                faults.append(f"{name}: further faults are left out")
                break
    if faults:
        raise HistoryError(faults)
    return Recorded(tuple(results), tuple(tickets), unknown)


class _Intervals:
    """How long each check's results are meant to speak."""

    def __init__(self, services: Mapping[str, Service]) -> None:
        self._of_check: dict[str, Callable[[Instant], int]] = {}
        for service in services.values():
            interval = _interval(service.schedule)
            for check in service.checks:
                self._of_check[check.id] = interval

    def of(self, check: str, at: Instant) -> int | None:
        interval = self._of_check.get(check)
        return None if interval is None else interval(at)


def _interval(schedule: Schedule) -> Callable[[Instant], int]:
    if isinstance(schedule, Every):
        length = schedule.interval.microseconds
        return lambda _at: length
    instants = CronInstants(schedule.expression, schedule.zone)
    return lambda at: instants.after(at) - at


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; of a key that stands twice nobody can say which is meant."""
    entry = dict(pairs)
    if len(entry) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f'"{next(key for key in keys if keys.count(key) > 1)}" stands here twice')
    return entry


_READER = json.JSONDecoder(object_pairs_hook=_once)


def _object(line: bytes) -> dict[str, Any]:
    try:
        entry = _READER.decode(line.decode("utf-8-sig").rstrip())
    except UnicodeDecodeError as error:
        raise ValueError(f"this is not UTF-8 text: byte {error.start + 1} of the line, {error.reason}") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"this is not JSON: {error.msg} at column {error.colno}") from None
    except RecursionError:
        raise ValueError("this is nested too deeply to be an entry") from None
    if not isinstance(entry, dict) or not ({"check", "ticket"} & set(entry)):
        raise ValueError('expected an object with "check" or "ticket"')
    return entry


def _result(entry: Mapping[str, Any], intervals: _Intervals) -> Result | None:
    _known_keys(entry, _RESULT_KEYS)
    check, at = _text(entry, "check"), _instant(entry)
    state = _choice(entry, "state", State)
    latency = entry.get("ms")
    if latency is not None and (
        isinstance(latency, bool) or not isinstance(latency, int | float) or not 0 <= latency < 1e9
    ):
        raise ValueError('"ms" must be a number of milliseconds')
    interval = intervals.of(check, at)
    if interval is None:
        return None
    return Result(
        check=check,
        at=at,
        state=state,
        interval=interval,
        location=_optional(entry, "location") or "",
        latency=None if latency is None else round(latency * 1000),
        reason=_optional(entry, "reason"),
    )


def _ticket_event(entry: Mapping[str, Any]) -> TicketEvent:
    _known_keys(entry, _TICKET_KEYS)
    act = _choice(entry, "event", TicketAct)
    level = _optional(entry, "level")
    if level is None and act in _REACHING:
        raise ValueError(f'"{act}" needs a "level"')
    return TicketEvent(_text(entry, "ticket"), act, _instant(entry), level, _optional(entry, "customer"))


def _known_keys(entry: Mapping[str, Any], known: set[str]) -> None:
    if strange := sorted(set(entry) - known):
        raise ValueError(f'unknown key "{strange[0]}": known are {", ".join(sorted(known))}')


def _text(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value:
        raise ValueError(f'"{key}" must be text')
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError(f'"{key}" holds half of a character, a lone surrogate')
    return value


def _optional(entry: Mapping[str, Any], key: str) -> str | None:
    return None if entry.get(key) is None else _text(entry, key)


def _choice(entry: Mapping[str, Any], key: str, choices: Any) -> Any:
    try:
        return choices(entry.get(key))
    except ValueError:
        raise ValueError(f'"{key}" must be one of {", ".join(choices)}, not {entry.get(key)!r}') from None


def _instant(entry: Mapping[str, Any]) -> Instant:
    text = _text(entry, "at")
    try:
        at = parse_instant(text)
    except (ValueError, OverflowError) as error:
        raise ValueError(f'"at": {error}') from None
    if not _EARLIEST <= at < _LATEST:
        raise ValueError(f'"at": {format_instant(at)} lies outside the years 1970 to 2189')
    return at

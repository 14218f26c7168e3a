"""Tickets in a file: CSV or JSON, with a line for each event or a line for each ticket.

An event has ``ticket``, ``event``, ``at`` and what else `sla_engine.plugin.source_event` knows. A ticket has
``ticket``, ``opened``, and where it has them ``answered`` and ``resolved``, each an instant.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from attrs import frozen

from sla_engine.calendars.wall import wall_to_instant
from sla_engine.exchange.tickets.lines import Line, LineError, csv_lines, json_lines
from sla_engine.model.instant import Instant, format_instant, to_instant
from sla_engine.model.zone import Zone
from sla_engine.plugin import SourceEvent, source_event

MOST_FAULTS = 50
_MOMENTS = ("opened", "answered", "resolved")
_DETAILS = ("level", "customer", "sender", "subject")
_OF_TICKETS = ("ticket", *_MOMENTS, *_DETAILS)


class TicketFileError(ValueError):
    """A file of tickets cannot be read.

    Attributes:
        faults: what is wrong, each with file and line; at most the first fifty.
    """

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


@frozen
class ReadTickets:
    """What a file says.

    Attributes:
        events: in the file's order.
        lines: where each ticket is told of first.
    """

    events: tuple[SourceEvent, ...]
    lines: Mapping[str, int]


def read_tickets(name: str, content: bytes, *, zone: Zone | None, now: Instant) -> ReadTickets:
    """The events that a file tells.

    Args:
        name: of the file; by its ending, else by how it begins, it is CSV or JSON.
        zone: of times that are written without an offset, or None where there may be none.
        now: what is later has not happened.

    Raises:
        TicketFileError: a line is not what it should be; all faults are told at once.
    """
    events: list[SourceEvent] = []
    lines: dict[str, int] = {}
    faults: list[str] = []
    try:
        for line in _lines(name, content):
            try:
                for event in _events(line.entry, zone):
                    if event.at > now:
                        raise ValueError(f"{event.act}: {format_instant(event.at)} has not come yet")
                    events.append(event)
                    lines.setdefault(event.ticket, line.number)
            except ValueError as error:
                faults.append(f"{name}:{line.number}: {error}")
    except LineError as error:
        faults.append(f"{name}:{error.line}: {error}")
    faults += [f"{name}:{lines[ticket]}: {fault}" for ticket, fault in _out_of_order(events)]
    if faults:
        left_out = [f"{name}: {len(faults) - MOST_FAULTS} more faults"] if len(faults) > MOST_FAULTS else []
        raise TicketFileError([*faults[:MOST_FAULTS], *left_out])
    return ReadTickets(tuple(events), lines)


def _lines(name: str, content: bytes) -> Iterator[Line]:
    ending = name.lower().rpartition(".")[2]
    is_json = ending in {"json", "jsonl", "ndjson"} or (ending != "csv" and content.lstrip()[:1] in {b"{", b"["})
    return json_lines(content) if is_json else csv_lines(content)


def _events(entry: Any, zone: Zone | None) -> Iterator[SourceEvent]:
    if not isinstance(entry, Mapping):
        raise ValueError("a line is an object with ticket, event and at, or with ticket and opened")
    if "event" in entry or "opened" not in entry:
        at = {"at": _moment("at", entry["at"], zone)} if entry.get("at") else {}
        yield source_event({**entry, **at})
        return
    if strange := [str(key) for key in entry if key not in _OF_TICKETS]:
        raise ValueError(f"unknown key {strange[0]!r}: a line for a ticket has {', '.join(_OF_TICKETS)}")
    for act in _MOMENTS:
        if act == "opened" or entry.get(act):
            details = {key: entry[key] for key in _DETAILS if act == "opened" and entry.get(key)}
            moment = _moment(act, entry.get(act), zone)
            yield source_event({"ticket": entry.get("ticket"), "event": act, "at": moment, **details})


def _moment(key: str, value: Any, zone: Zone | None) -> str:
    """An instant with its offset."""
    text = str(value or "").strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{key}: {text!r} is no instant: write it like 2026-10-03T12:00:00Z") from None
    if moment.tzinfo is not None:
        return format_instant(to_instant(moment))
    if zone is None:
        raise ValueError(f"{key}: {text} has no offset: write one, or say --timezone")
    return format_instant(wall_to_instant(moment, zone))


def _out_of_order(events: Sequence[SourceEvent]) -> Iterator[tuple[str, str]]:
    """The tickets to which something happened before they were opened."""
    opened: dict[str, Instant] = {}
    for event in events:
        if event.act == "opened":
            opened[event.ticket] = min(event.at, opened.get(event.ticket, event.at))
    told = set()
    for event in events:
        began = opened.get(event.ticket)
        if began is not None and event.at < began and event.ticket not in told:
            told.add(event.ticket)
            yield event.ticket, f"ticket {event.ticket} is {event.act} before it is opened"

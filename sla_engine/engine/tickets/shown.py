"""A ticket as programs read it; whoever shows it to its customer leaves out what is not the customer's."""

from collections.abc import Mapping
from typing import Any

from sla_engine.engine.tickets.changing import Case
from sla_engine.engine.tickets.clocks import RunningClock
from sla_engine.engine.tickets.owed import Owed
from sla_engine.model.instant import Instant, format_instant, seconds
from sla_engine.store.tickets import Attachment, Ticket, TicketEntry

_FOR_CUSTOMERS = ("at", "act", "level", "text", "files")


def summary_json(ticket: Ticket) -> Mapping[str, Any]:
    """A ticket in short."""
    return {
        "ticket": ticket.number,
        "subject": ticket.subject,
        "customer": ticket.customer,
        "sender": ticket.sender,
        "language": ticket.language,
        "topic": ticket.topic,
        "level": ticket.level,
        "team": ticket.team,
        "state": ticket.state,
        "opened": format_instant(ticket.opened_at),
        "last": format_instant(ticket.last_at),
        "source": ticket.source,
    }


def row_json(case: Case) -> Mapping[str, Any]:
    """A ticket in short, when the next answer falls due, and when the customer wrote after the answer."""
    due = None if case.owed is None else _moment(case.owed.clock.due_at)
    return {**summary_json(case.ticket), "due": due, "wrote": _moment(case.written_at)}


def owed_json(one: Owed) -> Mapping[str, Any]:
    """A ticket in short, as `row_json` has it, and whether the answer is late."""
    return {
        **summary_json(one.ticket),
        "due": _moment(one.due_at),
        "wrote": _moment(one.written_at),
        "late": one.is_late,
    }


def case_json(case: Case, *, for_customer: bool = False) -> Mapping[str, Any]:
    """A ticket with its clocks and everything that happened.

    Args:
        for_customer: leave out what only the desk sees.
    """
    entries = [_entry_json(entry, case.files) for entry in case.entries if entry.is_public or not for_customer]
    if for_customer:
        entries = [{name: entry[name] for name in _FOR_CUSTOMERS} for entry in entries]
    return {
        **row_json(case),
        "clocks": [_clock_json(one) for one in case.clocks],
        "entries": entries,
    }


def _clock_json(one: RunningClock) -> Mapping[str, Any]:
    clock = one.clock
    return {
        "level": one.level,
        "within": str(clock.within),
        "during": clock.during,
        "started": format_instant(clock.started_at),
        "stopped": _moment(clock.stopped_at),
        "due": _moment(clock.due_at),
        "breached": _moment(clock.breached_at),
        "elapsed": seconds(clock.elapsed),
        "met": clock.met,
        "warnings": [{"percent": warned.percent, "at": format_instant(warned.at)} for warned in one.warned],
    }


def _entry_json(entry: TicketEntry, files: tuple[Attachment, ...]) -> Mapping[str, Any]:
    return {
        "at": format_instant(entry.at),
        "act": entry.act,
        "level": entry.level,
        "by": entry.who,
        "text": entry.text,
        "public": entry.is_public,
        "facts": dict(entry.facts),
        "files": [
            {"id": one.id, "name": one.name, "type": one.media_type, "bytes": one.size, "sha256": one.digest}
            for one in files
            if one.entry == entry.id
        ],
    }


def _moment(at: Instant | None) -> str | None:
    return None if at is None else format_instant(at)

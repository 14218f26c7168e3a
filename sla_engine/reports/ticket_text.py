"""Tickets in plain text, for ``sla ticket``."""

from collections.abc import Iterator, Sequence

from sla_engine.engine.tickets.changing import Case
from sla_engine.engine.tickets.clocks import RunningClock
from sla_engine.engine.tickets.owed import Owed
from sla_engine.model.instant import format_instant
from sla_engine.reports.verdict_text import table
from sla_engine.store.tickets import Attachment, TicketEntry


def tickets_text(owed: Sequence[Owed]) -> str:
    """Tickets in a table, with what falls due next upon each."""
    if not owed:
        return "There is no such ticket."
    rows = [("ticket", "due", "state", "level", "team", "customer", "opened", "subject")]
    for one in owed:
        ticket, opened = one.ticket, format_instant(one.ticket.opened_at)
        whose = ticket.customer or ticket.sender or "-"
        rows.append(
            (
                ticket.number,
                _due_text(one),
                ticket.state,
                ticket.level,
                ticket.team or "-",
                whose,
                opened,
                ticket.subject,
            )
        )
    return table(rows)


def case_text(case: Case) -> str:
    """A ticket with its clocks and everything that happened."""
    return "\n".join(_lines(case))


def owed_text(case: Case) -> str:
    """What is owed next upon a ticket, in one line."""
    ticket, owed = case.ticket, case.owed
    if owed is not None and owed.clock.due_at is not None:
        late = ", which has passed" if owed.clock.breached_at is not None else ""
        return f"{ticket.number} is at {ticket.level}; an answer of {owed.level} is due {_due(owed)}{late}"
    if ticket.state == "waiting":
        return f"{ticket.number} waits for the customer; its clocks pause"
    if case.written_at is not None:
        since = format_instant(case.written_at)
        return f"{ticket.number}: the customer wrote after the answer, {since}; reopening it starts a clock"
    return f"{ticket.number} is {ticket.state}; no answer is owed"


def _due_text(one: Owed) -> str:
    if one.due_at is not None:
        return f"{format_instant(one.due_at)}{' LATE' if one.is_late else ''}"
    return "-" if one.written_at is None else f"wrote {format_instant(one.written_at)}"


def _lines(case: Case) -> Iterator[str]:
    ticket = case.ticket
    yield f"{ticket.number}  {ticket.subject}"
    yield f"  state     {ticket.state}, at {ticket.level}{f' ({ticket.team})' if ticket.team else ''}"
    whose = ", ".join(one for one in (ticket.customer, ticket.name, ticket.sender) if one)
    yield f"  customer  {whose or 'not known'}; written to in {ticket.language}"
    if ticket.topic:
        yield f"  topic     {ticket.topic}"
    yield f"  opened    {format_instant(ticket.opened_at)}"
    if case.written_at is not None:
        yield f"  wrote     {format_instant(case.written_at)}, after the answer: no clock runs until it is reopened"
    for one in case.clocks:
        yield f"  clock     {_clock(one)}"
    for entry in case.entries:
        yield ""
        yield from _entry(entry, case.files)


def _clock(one: RunningClock) -> str:
    clock = one.clock
    promise = f"{one.level}: within {clock.within} of {clock.during}, since {format_instant(clock.started_at)}"
    if clock.met is True:
        return f"{promise}; answered in time, {format_instant(clock.stopped_at or 0)}"
    if clock.breached_at is not None:
        answered = "not answered yet" if clock.stopped_at is None else f"answered {format_instant(clock.stopped_at)}"
        return f"{promise}; BREACHED {format_instant(clock.breached_at)}, {answered}"
    if clock.is_paused:
        return f"{promise}; the customer is waited for"
    if clock.due_at is None:
        return f"{promise}; never due, as {clock.during} will not be open for so long again"
    return f"{promise}; due {_due(one)}"


def _due(one: RunningClock) -> str:
    return format_instant(one.clock.due_at or 0)


def _entry(entry: TicketEntry, files: Sequence[Attachment]) -> Iterator[str]:
    level = f" at {entry.level}" if entry.level else ""
    who = f" by {entry.who}" if entry.who else ""
    hidden = "" if entry.is_public else "  (the customer does not see this)"
    yield f"  {format_instant(entry.at)}  {entry.act}{level}{who}{hidden}"
    for line in entry.text.splitlines():
        yield f"    | {line}"
    for name, value in entry.facts.items():
        first, *more = str(value).splitlines() or [""]
        yield f"    {name} = {first}"
        yield from (f"      {line}" for line in more)
    for one in files:
        if one.entry == entry.id:
            yield f"    file {one.id}: {one.name}, {one.media_type}, {one.size:,} bytes"

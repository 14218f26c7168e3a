"""What pages show of a ticket: to agents everything and what can be done now, to customers what is meant for them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, TypeAlias

from attrs import frozen

from sla_engine.engine.faq.searching import Faq
from sla_engine.engine.tickets.acting import IncompleteError
from sla_engine.engine.tickets.changing import Case
from sla_engine.engine.tickets.checklist import known_facts, missing, required
from sla_engine.engine.tickets.clocks import RunningClock
from sla_engine.engine.tickets.files import TooMuchError
from sla_engine.engine.tickets.levels import TicketError
from sla_engine.languages import Language
from sla_engine.model.instant import Instant
from sla_engine.model.text import Text, plain
from sla_engine.model.verdict import Clock
from sla_engine.model.zone import Zone
from sla_engine.policy import PolicySet
from sla_engine.store.tickets import Attachment, Ticket, TicketEntry
from sla_engine.web.forms import Form
from sla_engine.web.ticket_words import fact_word


class NothingSaidError(TicketError):
    """A form was sent without a word."""


_MOST_ASKED = 5_000

ClockState: TypeAlias = Literal["running", "paused", "late", "in_time"]


@frozen
class Row:
    """A ticket in a list.

    Attributes:
        owed: the clock that falls due next, if there is one.
        written_at: when the customer wrote, if that was after the answer.
    """

    ticket: Ticket
    owed: RunningClock | None
    state: ClockState | None
    written_at: Instant | None


@frozen
class ClockRow:
    """A response clock, and how it stands."""

    level: Text
    clock: Clock
    state: ClockState


@frozen
class EntryRow:
    """Something that happened, with its files."""

    entry: TicketEntry
    level: Text | None
    facts: Mapping[str, str]
    files: Sequence[Attachment]


@frozen
class Step:
    """A level that a ticket can be handed on to, and what it wants to know: each name with what is known, or None."""

    level: str
    title: Text
    items: Sequence[tuple[str, str | None]]
    is_complete: bool


def listed(case: Case) -> Row:
    """A ticket in a list."""
    owed = case.owed
    return Row(case.ticket, owed, None if owed is None else clock_state(owed.clock), case.written_at)


def agents_view(case: Case, faq: Faq | None) -> Mapping[str, Any]:
    """Everything, and what can be done as the ticket stands."""
    ticket, policies = case.ticket, case.policies
    steps = _steps(case)
    lacking = dict.fromkeys(name for step in steps for name, value in step.items if value is None)
    return {
        "ticket": ticket,
        "level": title_of(policies, ticket.level),
        "due": _due(case),
        "written_at": case.written_at,
        "now": case.now,
        "clocks": [_clock_row(policies, one) for one in case.clocks],
        "entries": [_entry_row(policies, entry, case.files, facts=True) for entry in case.entries],
        "steps": steps,
        "lacking": list(lacking),
        "levels": {name: title_of(policies, name) for name in policies.support},
        "topics": topics_of(policies),
        "can": _can(ticket, steps),
        "has_faq": faq is not None,
        "articles": () if faq is None else faq.suggest(_asked_text(case), ticket.language),
    }


def customers_view(case: Case) -> Mapping[str, Any]:
    """What the customer was told and wrote, and when the next answer falls due."""
    return {
        "ticket": case.ticket,
        "level": title_of(case.policies, case.ticket.level),
        "due": _due(case),
        "now": case.now,
        "entries": [
            _entry_row(case.policies, entry, case.files, facts=False) for entry in case.entries if entry.is_public
        ],
    }


def clock_state(clock: Clock) -> ClockState:
    """How a clock stands."""
    if clock.met is True:
        return "in_time"
    if clock.breached_at is not None:
        return "late"
    return "paused" if clock.is_paused else "running"


def trouble(shown: Language, error: Exception) -> Mapping[str, Any]:
    """Why an act was refused, and what is missing for it."""
    if isinstance(error, IncompleteError):
        lacking = [fact_word(shown, name) for name in error.missing]
        return {"words": shown.text("That level wants to know more first. What is missing:"), "missing": lacking}
    if isinstance(error, TooMuchError):
        words = shown.text("This is more than can be taken at once: at most 10 MB for a file, and 25 MB together.")
        return {"words": words, "missing": []}
    if isinstance(error, NothingSaidError):
        return {"words": shown.text("Nothing was written. Write something first."), "missing": []}
    return {"words": shown.text("As the ticket stands now, this cannot be done. Nothing was changed."), "missing": []}


def said(form: Form) -> str:
    """The text of a form.

    Raises:
        NothingSaidError: there is none.
    """
    text = form.field("text")
    if not text.strip():
        raise NothingSaidError("nothing was written")
    return text


def zone_of(case: Case) -> Zone | None:
    """The zone of the contract of a ticket's customer, or None where there is none."""
    customer = case.ticket.customer
    return case.policies.contract(customer=customer).timezone if customer in case.policies.customers else None


def topics_of(policies: PolicySet) -> Sequence[str]:
    """What tickets can be about, as far as it makes a difference to any level."""
    named = {topic for table in policies.support.values() for topic in (*table.requires_for, *table.teams)}
    return sorted(named - {"other"})


def _due(case: Case) -> Instant | None:
    return None if case.owed is None else case.owed.clock.due_at


def _can(ticket: Ticket, steps: Sequence[Step]) -> frozenset[str]:
    """What may be done; of a ticket that lives elsewhere, only what its help desk cannot do for us."""
    if ticket.foreign_id is not None:
        return frozenset({"note"} if ticket.state == "resolved" else {"note", "resolve"})
    if ticket.state == "resolved":
        return frozenset({"reopen", "note"})
    acts = {"answer", "resolve", "note", "resume" if ticket.state == "waiting" else "wait"}
    is_over = ticket.state == "answered" or ticket.is_settled
    return frozenset(acts | ({"reopen"} if is_over else set()) | ({"escalate"} if steps else set()))


def _steps(case: Case) -> Sequence[Step]:
    policies, ticket = case.policies, case.ticket
    table = policies.support.get(ticket.level)
    facts = known_facts(policies, ticket, case.entries, case.files)
    return [
        Step(
            level=level,
            title=title_of(policies, level),
            items=[(name, _words(facts[name]) if name in facts else None) for name in _asked(policies, level, ticket)],
            is_complete=not missing(policies, level, ticket.topic, facts),
        )
        for level in (() if table is None else table.escalates_to)
    ]


def _asked_text(case: Case) -> str:
    """What the customer asked, as far as it is worth looking for."""
    written = [entry.text for entry in case.entries if entry.act in {"opened", "wrote"}]
    return "\n".join((case.ticket.subject, *written))[:_MOST_ASKED]


def _asked(policies: PolicySet, level: str, ticket: Ticket) -> Sequence[str]:
    return required(policies, level, ticket.topic)


def _clock_row(policies: PolicySet, one: RunningClock) -> ClockRow:
    return ClockRow(title_of(policies, one.level), one.clock, clock_state(one.clock))


def _entry_row(policies: PolicySet, entry: TicketEntry, files: Iterable[Attachment], *, facts: bool) -> EntryRow:
    return EntryRow(
        entry=entry,
        level=None if entry.level is None else title_of(policies, entry.level),
        facts={name: _words(value) for name, value in entry.facts.items()} if facts else {},
        files=[one for one in files if one.entry == entry.id],
    )


def title_of(policies: PolicySet, level: str) -> Text:
    """What a level is called."""
    table = policies.support.get(level)
    return plain(level) if table is None or table.title is None else table.title


def _words(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)

"""How a ticket begins: whose it is, in which language, at which level; and the number that the customer is sent."""

import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve, field, frozen

from sla_engine.engine.tickets.changing import Case
from sla_engine.engine.tickets.clocks import is_settled
from sla_engine.engine.tickets.levels import check_level, first_level, team_for
from sla_engine.engine.tickets.telling import tell_customer
from sla_engine.engine.tickets.telling_the_desk import tell_desk
from sla_engine.engine.tickets.words import body, one_line, topic_fact
from sla_engine.model.instant import Instant
from sla_engine.model.text import LANGUAGES
from sla_engine.model.ticket import TicketAct
from sla_engine.policy import PolicySet
from sla_engine.store import Store
from sla_engine.store.outbox import add_notices
from sla_engine.store.tickets import Attachment, Ticket, TicketEntry, keep_ticket, ticket_of_entry


@frozen
class Opening:
    """What a customer asks for.

    Attributes:
        customer: the customer's id, or None to find it by the sender's address.
        sender: the address that the customer is answered at, or None for the customer's first contact.
        name: what the customer is called, or None.
        language: in which the customer is written to, or None for the customer's own, else English.
        topic: what it is about, such as ``deliverability``, or None.
        level: at which it begins, or None for the first.
        at: when the customer asked, or None for now.
        who: entered it; None where the customer did.
        key: what makes it the same when it comes again, or None.
        finds_customer: whether the sender's address tells whose it is, where no customer is named.
        facts: what is known of how it came.
        found: what the customer said for the checklist, by its names.
        source, foreign_id: where it lives, and its number there.
        is_told: whether the customer is sent its number.
    """

    subject: str
    text: str = ""
    customer: str | None = None
    sender: str | None = None
    name: str | None = None
    language: str | None = None
    topic: str | None = None
    level: str | None = None
    files: tuple[Attachment, ...] = ()
    at: Instant | None = None
    who: str | None = None
    key: str | None = None
    finds_customer: bool = True
    facts: Mapping[str, Any] = field(factory=dict)
    found: Mapping[str, Any] = field(factory=dict)
    source: str = "desk"
    foreign_id: str | None = None
    is_told: bool = True


def open_ticket(policies: PolicySet, store: Store, opening: Opening, now: Instant) -> Case:
    """Open a ticket, and have its number sent to the customer, in one transaction.

    One whose key is known is given as it stands, and nobody is told again.

    Raises:
        TicketError: the level is none of the policies', or there is no first one.
    """
    level = first_level(policies) if opening.level is None else check_level(policies, opening.level)
    ticket = _ticket(policies, opening, level, now)
    entry = TicketEntry(
        at=ticket.opened_at,
        act=TicketAct.OPENED.value,
        level=level,
        who=opening.who,
        text=body(opening.text),
        is_public=True,
        facts={**opening.facts, **topic_fact(ticket.topic)},
        key=opening.key,
    )
    entries = (entry, *_found(opening, entry))
    begun = Case(policies, ticket, entries, opening.files, now)
    with store.changing() as connection:
        known = None if opening.key is None else ticket_of_entry(connection, opening.key)
        if known is None:
            settled = evolve(ticket, is_settled=is_settled(begun.clocks))
            kept = keep_ticket(connection, settled, entries, opening.files)
            if opening.is_told:
                add_notices(connection, tell_customer(policies, kept, [entry], begun.owed, now))
            add_notices(connection, tell_desk(policies, kept, entries, begun.clocks, now))
            return evolve(begun, ticket=kept)
    return evolve(begun, ticket=known)


def _found(opening: Opening, opened: TicketEntry) -> Iterator[TicketEntry]:
    """What the customer said for the checklist, as an entry of its own; only the desk sees it."""
    if opening.found:
        yield TicketEntry(opened.at, "found", opened.level, opening.who, facts=opening.found)


def customer_of(policies: PolicySet, sender: str | None) -> str | None:
    """The customer of whom an address is a contact, or None where it is nobody's or several customers' own."""
    address = (sender or "").casefold()
    found = [
        one.id for one in policies.customers.values() if address in (contact.casefold() for contact in one.contacts)
    ]
    return found[0] if len(found) == 1 else None


def _ticket(policies: PolicySet, opening: Opening, level: str, now: Instant) -> Ticket:
    found = customer_of(policies, opening.sender) if opening.finds_customer else None
    customer = opening.customer or found
    known = policies.customers.get(customer or "")
    contact = known.contacts[0] if known is not None and known.contacts else None
    own_language = "en" if known is None else known.language
    name = opening.name or (None if known is None else known.name)
    return Ticket(
        opened_at=now if opening.at is None else opening.at,
        subject=one_line(opening.subject) or "(no subject)",
        level=level,
        token=secrets.token_urlsafe(24),
        customer=customer,
        sender=opening.sender or contact,
        name=None if name is None else one_line(name),
        language=_language(opening.language or own_language),
        topic=opening.topic,
        team=team_for(policies, level, opening.topic),
        source=opening.source,
        foreign_id=opening.foreign_id,
    )


def _language(code: str) -> str:
    short = code.lower().split("-")[0]
    return short if short in LANGUAGES else "en"

"""Which ticket a mail belongs to.

A mail that refers to one of the conversation's belongs to it: whoever knows its identifier took part in it. A ticket's
number alone, in an address or in the subject, is known or guessed by anybody; it counts only from who belongs to the
ticket, so that no stranger gets into it.
"""

import re
from collections.abc import Iterable, Iterator

import sqlalchemy as sa

from sla_engine.engine.mail.mail import Mail
from sla_engine.engine.mail.reading import key_of_mail
from sla_engine.engine.tickets.opening import customer_of
from sla_engine.policy import PolicySet
from sla_engine.policy.documents import DeskTable
from sla_engine.store.outbox import message_by_key
from sla_engine.store.tickets import Ticket, ticket_numbered, ticket_of_entry

_IN_SUBJECT = re.compile(r"\[(T-[0-9]{1,9})\]", re.IGNORECASE)
_NUMBER = re.compile(r"T-[0-9]{1,9}", re.IGNORECASE)
_OUR_KEY = re.compile(r"[0-9a-f]{32}")


def ticket_of_mail(connection: sa.Connection, mail: Mail, policies: PolicySet) -> Ticket | None:
    """The ticket that a mail belongs to, or None where it begins one."""
    for identifier in mail.references:
        referred = _of_ours(connection, identifier) or ticket_of_entry(connection, key_of_mail(identifier))
        if referred is not None:
            return referred
    for number in _named(mail, policies.engine.desk):
        ticket = ticket_numbered(connection, number)
        if ticket is not None and _belongs(mail, ticket, policies):
            return ticket
    return None


def is_ours(connection: sa.Connection, mail: Mail, desk: DeskTable) -> bool:
    """Whether a mail was sent by this very engine, or says that it was."""
    if mail.author is not None and is_for(mail.author, desk):
        return True
    key = (mail.message_id or "").partition("@")[0]
    return _OUR_KEY.fullmatch(key) is not None and message_by_key(connection, key) is not None


def is_for(address: str, desk: DeskTable) -> bool:
    """Whether an address is the desk's, with a ticket's number or without."""
    return desk.address is not None and _number_in(address, desk) is not None


def _of_ours(connection: sa.Connection, identifier: str) -> Ticket | None:
    """The ticket that a message of ours was about."""
    key = identifier.partition("@")[0]
    outgoing = message_by_key(connection, key) if _OUR_KEY.fullmatch(key) else None
    if outgoing is None:
        return None
    kind, _, number = (outgoing.message.thread or "").partition("/")
    return ticket_numbered(connection, number) if kind == "ticket" else None


def _named(mail: Mail, desk: DeskTable) -> Iterator[str]:
    """The numbers of tickets that a mail names, those in its recipients first."""
    yield from filter(None, (_number_in(address, desk) for address in mail.recipients))
    yield from _IN_SUBJECT.findall(mail.subject)


def _number_in(address: str, desk: DeskTable) -> str | None:
    """The number in an address of the desk, empty where it has none; None where it is not the desk's."""
    own_local, _, own_domain = (desk.address or "").lower().rpartition("@")
    local, _, domain = address.rpartition("@")
    if not own_domain or domain.lower() != own_domain or not local.lower().startswith(own_local):
        return None
    tag = local[len(own_local) :]
    if not tag:
        return ""
    number = tag.removeprefix(desk.delimiter)
    return number if desk.delimiter and tag != number and _NUMBER.fullmatch(number) else None


def _belongs(mail: Mail, ticket: Ticket, policies: PolicySet) -> bool:
    """Whether a mail's author is who the ticket is with, or another contact of that customer."""
    if mail.author is None or mail.dmarc == "fail":
        return False
    known = [ticket.sender, *_contacts(ticket, policies)]
    return mail.author.casefold() in {address.casefold() for address in known if address is not None}


def _contacts(ticket: Ticket, policies: PolicySet) -> Iterable[str]:
    customer = policies.customers.get(ticket.customer or "")
    return () if customer is None else customer.contacts


def customer_by_mail(mail: Mail, policies: PolicySet) -> str | None:
    """The customer whose contact wrote a mail, or None; not where the mail is known not to be from there."""
    return None if mail.dmarc == "fail" else customer_of(policies, mail.author)

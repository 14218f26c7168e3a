"""What becomes of a mail: a new ticket, what the customer wrote to one, or a note beside one; or it is refused.

Nothing is taken that does not stand in the store: who hands a mail over hears so only then, and keeps it till then. A
mail that comes again changes nothing.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
import structlog
from attrs import evolve, frozen

from sla_engine.engine.mail.belonging import customer_by_mail, is_ours, ticket_of_mail
from sla_engine.engine.mail.cutting import new_part
from sla_engine.engine.mail.mail import Mail
from sla_engine.engine.outbox.limiting import MILLION, Limit, is_allowed, take
from sla_engine.engine.tickets.acting import Desk
from sla_engine.engine.tickets.changing import Case, Change, change
from sla_engine.engine.tickets.opening import Opening, open_ticket
from sla_engine.engine.tickets.words import body
from sla_engine.languages import language as language_of
from sla_engine.model.instant import HOUR, Instant
from sla_engine.policy import PolicySet
from sla_engine.store import Store
from sla_engine.store.tickets import Ticket, TicketEntry, entry_by_key, ticket_of_entry

_log = structlog.get_logger("sla_engine.mail")


class RefusedMail(Exception):  # noqa: N818
    """A mail is not taken, now or ever; the message says why.

    Attributes:
        code: by which the sender's server is told (RFC 3463).
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


@frozen
class Taken:
    """What a mail became part of.

    Attributes:
        number: of the ticket.
        is_new: whether it began with it.
    """

    number: str
    is_new: bool


@frozen
class Intake:
    """Takes mails by the policies of a moment.

    Attributes:
        now: when the mail is taken.
    """

    policies: PolicySet
    store: Store
    now: Instant

    def take(self, mail: Mail, arrived_at: Instant | None = None) -> Taken:
        """Make a mail part of a ticket, once for each key.

        Args:
            arrived_at: when it came to the mailbox that it was fetched from, from which the clock of an answer runs,
                or goes on where the customer was waited for.

        Raises:
            RefusedMail: it is our own, or an automatic reply to nothing that is known.
            TicketError: no ticket can be opened by these policies.
            StoreError: it could not be kept; it is to be handed over again.
        """
        with self.store.reading() as connection:
            mail = _by_own_key(connection, mail)
            known = ticket_of_entry(connection, mail.key)
            if known is not None:
                return Taken(known.number, is_new=False)
            if is_ours(connection, mail, self.policies.engine.desk):
                raise RefusedMail("5.4.6", "this mail comes from here: it goes in a circle")
            ticket = ticket_of_mail(connection, mail, self.policies)
        came_at = self.now if arrived_at is None else min(arrived_at, self.now)
        taken = self._begin(mail, came_at) if ticket is None else self._add(mail, ticket, came_at)
        _log.info("a mail was taken", ticket=taken.number, is_new=taken.is_new, automatic=mail.automatic)
        return taken

    def _begin(self, mail: Mail, came_at: Instant) -> Taken:
        if mail.automatic is not None and mail.automatic.is_answer:
            raise RefusedMail("5.7.1", f"{mail.automatic}, and belongs to no ticket that is known here")
        customer = customer_by_mail(mail, self.policies)
        opening = Opening(
            subject=mail.subject,
            text=_with_left_out(mail.text, mail, self._language(customer, mail)),
            customer=customer,
            sender=_answered_at(mail, customer),
            name=mail.name,
            language=self._language(customer, mail),
            files=mail.files,
            at=came_at,
            key=mail.key,
            finds_customer=False,
            facts=_facts(mail),
            is_told=self._is_answered(mail),
        )
        return Taken(open_ticket(self.policies, self.store, opening, self.now).ticket.number, is_new=True)

    def _add(self, mail: Mail, ticket: Ticket, came_at: Instant) -> Taken:
        if mail.automatic is not None:
            self._note(mail, ticket)
        else:
            reply = new_part(mail.text)
            text = _with_left_out(reply.text, mail, ticket.language)
            facts = _facts(mail) | ({"quoted": body(reply.rest)} if reply.rest else {})
            desk = Desk(self.policies, self.store, None, came_at)
            desk.hear(ticket.number, text, files=mail.files, key=mail.key, facts=facts)
        return Taken(ticket.number, is_new=False)

    def _note(self, mail: Mail, ticket: Ticket) -> None:
        """Keep what no person wrote beside a ticket: it is no answer of the customer's, and nobody's turn by it."""
        lines = [f"{one.recipient} could not be reached: {one.reason}" for one in mail.failures]
        text = body("\n".join([f"By mail, {mail.automatic}.", *lines, "", _with_left_out(mail.text, mail, "en")]))

        def decide(case: Case) -> Change | None:
            if any(entry.key == mail.key for entry in case.entries):
                return None
            level = case.ticket.level
            entry = TicketEntry(self.now, "noted", level, None, text, facts=_facts(mail), key=mail.key)
            return Change(entry, case.ticket, mail.files)

        change(self.policies, self.store, ticket.number, self.now, decide)

    def _language(self, customer: str | None, mail: Mail) -> str | None:
        """The customer's own, as the contract has it; else the one that the mail is in."""
        own = self.policies.raw("customer").get(customer or "", {}).get("language")
        return own or mail.language

    def _is_answered(self, mail: Mail) -> bool:
        """Whether the author is sent the ticket's number: a person, really of that address, and not too often."""
        if mail.automatic is not None or mail.dmarc == "fail":
            return False
        most = self.policies.engine.desk.replies
        whom = _answered_at(mail, customer_by_mail(mail, self.policies))
        if whom is None or most == 0:
            return False
        limit = Limit(f"replies/{whom.casefold()}", most * MILLION, HOUR, f"{most} replies an hour to {whom}")
        with self.store.changing() as connection:
            if not is_allowed(connection, limit, MILLION, self.now):
                _log.warning("a mail is not answered", why=f"more than {limit.shown}")
                return False
            take(connection, limit, MILLION, self.now)
        return True


def _by_own_key(connection: sa.Connection, mail: Mail) -> Mail:
    """The mail by a key that no other has, though that may have the same identifier."""
    entered = entry_by_key(connection, mail.key)
    if entered is None or entered.facts.get("digest") == mail.digest:
        return mail
    return evolve(mail, key=f"{mail.key}/{mail.digest}")


def _answered_at(mail: Mail, customer: str | None) -> str | None:
    """Where the author is written to.

    What a contact of a customer's is answered stays with that contact: else a forged mail could have it sent elsewhere.
    """
    return mail.author if customer is not None else mail.reply_to or mail.author


def _facts(mail: Mail) -> dict[str, Any]:
    """What is known of how a mail came, for the desk."""
    found: Mapping[str, Any] = {
        "from": mail.author,
        "message_id": mail.message_id,
        "digest": mail.digest,
        "dmarc": mail.dmarc,
        "automatic": None if mail.automatic is None else mail.automatic.name.lower(),
    }
    return {name: value for name, value in found.items() if value is not None}


def _with_left_out(text: str, mail: Mail, language: str | None) -> str:
    """A text, and below it what came with it and could not be kept, as its writer has to know."""
    if not mail.left_out:
        return text
    said = language_of(language or "en").text("Could not be kept: {names}", names=", ".join(mail.left_out))
    return f"{text}\n\n[{said}]".strip()

"""The desk's front: what of the tickets whoever comes in may see, and change.

Whose tickets may be seen is said with every question. What is not theirs is not there: it is refused in the words in
which a ticket is refused that never was.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import structlog
from attrs import evolve, frozen

from sla_engine.engine.faq import Article, FaqError
from sla_engine.engine.faq.searching import Faq, open_faq
from sla_engine.engine.tickets.acting import Desk
from sla_engine.engine.tickets.changing import Case, case_of, read_case
from sla_engine.engine.tickets.levels import NoSuchTicketError
from sla_engine.engine.tickets.opening import Opening, open_ticket
from sla_engine.engine.tickets.owed import owed_tickets
from sla_engine.policy import PolicySet
from sla_engine.registry.clock import Clock
from sla_engine.store import Store, StoreError
from sla_engine.store.tickets import (
    Attachment,
    Ticket,
    TicketState,
    file_content,
    select_tickets,
    ticket_by_token,
    ticket_numbered,
    tickets_by_id,
    written_since,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

_log = structlog.get_logger("sla_engine.tickets")


@frozen
class Wanted:
    """Which tickets are asked for.

    Attributes:
        customer: only this customer's; None for those of all.
        states: only these; none for any.
        before: only those that were opened before the ticket of that number.
        most: how many.
    """

    customer: str | None = None
    states: tuple[TicketState, ...] = ()
    level: str | None = None
    before: str | None = None
    most: int = 50


@frozen
class Front:
    """One engine's desk.

    Attributes:
        policies: gives those that are in force.
    """

    policies: Callable[[], PolicySet]
    store: Store
    clock: Clock

    @property
    def has_form(self) -> bool:
        """Whether there is support at all, and a form for everybody."""
        policies = self.policies()
        return bool(policies.support) and policies.engine.desk.form

    def case(self, number: str, customer: str | None) -> Case:
        """A ticket, as it stands.

        Args:
            customer: whose it must be; None for anybody's.

        Raises:
            NoSuchTicketError: there is none, or it is another's.
        """
        case = read_case(self.policies(), self.store, number, self.clock.now())
        if customer is not None and case.ticket.customer != customer:
            raise NoSuchTicketError(f"there is no ticket {number!r}")
        return case

    def case_by_token(self, token: str) -> Case:
        """The ticket that a customer's own link leads to.

        Raises:
            NoSuchTicketError: there is none.
        """
        with self.store.reading() as connection:
            ticket = ticket_by_token(connection, token)
        if ticket is None:
            raise NoSuchTicketError("there is no ticket of that token")
        return self._read(ticket)

    def select(self, wanted: Wanted) -> Sequence[Case]:
        """Tickets, the newest first."""
        with self.store.reading() as connection:
            before = None if wanted.before is None else ticket_numbered(connection, wanted.before)
            if wanted.before is not None and (before is None or not _is_wanted(before, evolve(wanted, level=None))):
                raise NoSuchTicketError(f"there is no ticket {wanted.before!r}")
            found = select_tickets(
                connection,
                states=wanted.states,
                customer=wanted.customer,
                level=wanted.level,
                before=None if before is None else before.id,
                most=wanted.most,
            )
            return self._cases(connection, found)

    def owed(self, wanted: Wanted) -> Sequence[Case]:
        """The tickets that wait for an answer: what falls due first at the top, then whose customers wrote after it."""
        running = owed_tickets(self.policies(), self.store, self.clock.now(), customer=wanted.customer)
        due = [one.ticket for one in running if one.next is not None and wanted.level in {None, one.ticket.level}]
        with self.store.reading() as connection:
            written = written_since(connection)
            found = tickets_by_id(connection, written) if len(due) < wanted.most else []
            others = sorted((one for one in found if _is_wanted(one, wanted)), key=lambda one: written[one.id])
            return self._cases(connection, [*due, *others][: wanted.most])

    def open(self, opening: Opening) -> Case:
        """Open a ticket; one whose key is known is given as it stands.

        Raises:
            TicketError: there is no such level, or no first one.
        """
        case = open_ticket(self.policies(), self.store, opening, self.clock.now())
        return case if opening.key is None else self._read(case.ticket)

    def desk(self, who: str | None, key: str | None = None) -> Desk:
        """Somebody at work on tickets."""
        return Desk(self.policies(), self.store, who, self.clock.now(), key)

    def file(self, case: Case, number: int, *, for_customer: bool) -> Attachment | None:
        """An attachment of a ticket with its content, or None; customers have those of entries that they see."""
        shown = {entry.id for entry in case.entries if entry.is_public or not for_customer}
        with self.store.reading() as connection:
            found = file_content(connection, case.ticket.id, number)
        return found if found is not None and found.entry in shown else None

    def faq(self) -> Faq | None:
        """The articles that answer what customers ask; None where there are none to be had."""
        policies = self.policies()
        if policies.faq_folder is None:
            return None
        try:
            return open_faq(policies, self.store)
        except (FaqError, StoreError, OSError) as error:
            _log.warning("the FAQ cannot be looked into", error=str(error))
            return None

    def suggest(self, text: str, language: str) -> Sequence[Article]:
        """The articles that may answer what a customer writes."""
        faq = self.faq()
        return () if faq is None else faq.suggest(text, language)

    def _read(self, ticket: Ticket) -> Case:
        with self.store.reading() as connection:
            [case] = self._cases(connection, [ticket])
        return case

    def _cases(self, connection: "Connection", tickets: Iterable[Ticket]) -> Sequence[Case]:
        policies, now = self.policies(), self.clock.now()
        return [case_of(connection, policies, ticket, now) for ticket in tickets]


def _is_wanted(ticket: Ticket, wanted: Wanted) -> bool:
    return (wanted.customer is None or ticket.customer == wanted.customer) and (
        wanted.level is None or ticket.level == wanted.level
    )

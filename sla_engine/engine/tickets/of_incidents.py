"""Tickets that incidents open: for customers whose contract says so, of services that they are promised.

Such a ticket is answered by people, as any other; that the incident is over is told by itself, and stops no clock.
"""

from collections.abc import Set

from sla_engine.engine.tickets.acting import Desk
from sla_engine.engine.tickets.opening import Opening, open_ticket
from sla_engine.engine.wording import Wording, compose
from sla_engine.model.incident import IncidentRecord
from sla_engine.model.instant import DAY, Instant
from sla_engine.policy import PolicySet
from sla_engine.store import Store
from sla_engine.store.incidents import incidents_touching
from sla_engine.store.outbox import Notice
from sla_engine.store.tickets import ticket_of_entry

_LOOK_BACK = 7 * DAY


def tickets_of_incidents(policies: PolicySet, store: Store, now: Instant) -> None:
    """Open what incidents have to open by now, and tell of those that are over, each once.

    What began before the policies wanted it opens none once it is over.
    """
    wanted = [one for one, entry in policies.tables("customer").items() if entry.table.incident_tickets]
    if not wanted:
        return
    with store.reading() as connection:
        records = incidents_touching(connection, now - _LOOK_BACK, now + 1)
    for customer in wanted:
        services = _services_of(customer, policies, now)
        for record in records:
            if record.opened_at is not None and record.service in services:
                _attend(record, customer, policies, store, now)


def _services_of(customer: str, policies: PolicySet, now: Instant) -> Set[str]:
    """Those of a customer's contract and those of its own."""
    own = {name for name, service in policies.services.items() if service.customer == customer}
    return own | policies.contract(customer=customer, at=now).services.keys()


def _attend(record: IncidentRecord, customer: str, policies: PolicySet, store: Store, now: Instant) -> None:
    key = f"incident/{record.number}/{customer}"
    with store.reading() as connection:
        ticket = ticket_of_entry(connection, key)
    if ticket is None and record.closed_at is None:
        words = _words(record, "opened", customer, policies)
        opening = Opening(
            subject=words.subject, text=words.text, customer=customer, key=key, at=record.opened_at, who=None
        )
        open_ticket(policies, store, opening, now)
    elif ticket is not None and record.closed_at is not None:
        words = _words(record, "recovered", customer, policies)
        Desk(policies, store, None, now).tell(ticket.number, words.text, key=f"{key}/over")


def _words(record: IncidentRecord, about: str, customer: str, policies: PolicySet) -> Wording:
    """What there is to say, in the customer's language and on the clocks of the contract."""
    service = policies.services.get(record.service)
    facts = {
        "service": record.service,
        "title": {"": record.service} if service is None else dict(service.title.translations),
        "state": record.state,
        "reason": None,
        "incident": record.number,
        "began_at": record.began_at,
        "opened_at": record.opened_at,
        "ended_at": record.ended_at,
        "escalation": None,
        "step": 1,
        "cause": None,
        "acknowledged_by": None,
    }
    at = record.began_at
    notice = Notice(f"words/{record.number}", at, at, "", f"incident/{record.number}", about, facts)
    zone = policies.contract(customer=customer).timezone
    return compose([notice], policies.customers[customer].language, zone, {})

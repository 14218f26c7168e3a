"""Which escalations are about what: by service, by how much it matters, and by whose it is."""

from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from sla_engine.model.service import Service
from sla_engine.policy import PolicySet
from sla_engine.policy.contracts import service_id
from sla_engine.policy.documents import EscalationTable


@frozen
class Route:
    """An escalation that is about something.

    Attributes:
        escalation: its id.
        customers: those of the customers whom it names that are concerned.
    """

    escalation: str
    table: EscalationTable
    customers: tuple[str, ...] = ()

    @property
    def customer(self) -> str | None:
        """The one customer who is concerned, or None where that is nobody in particular."""
        return self.customers[0] if len(self.customers) == 1 else None


def routes_of_incidents(service: str, policies: PolicySet) -> Sequence[Route]:
    """The escalations that tell of a service that is down or degraded."""
    return [route for route in _routes(service, policies) if route.table.on.is_about_states]


def routes_of_certificates(service: str, policies: PolicySet) -> Sequence[Route]:
    """The escalations that tell of a service's certificates that end."""
    return [route for route in _routes(service, policies) if route.table.on.certificate is not None]


def routes_of_budgets(service: str, customer: str | None, policies: PolicySet) -> Sequence[Route]:
    """The escalations that tell of the error budget of a service in an SLA, or in a customer's contract."""
    known = policies.services[service]
    return [
        Route(name, table, () if customer is None else (customer,))
        for name, table in policies.escalations.items()
        if table.on.burn
        and table.on.concerns(service, known.severity)
        and (not table.on.customers or customer in table.on.customers)
    ]


def routes_of_the_engine(policies: PolicySet) -> Sequence[Route]:
    """The escalations that tell of the engine's own trouble."""
    return [Route(name, table) for name, table in policies.escalations.items() if table.on.engine]


def routes_of_levels(level: str, customer: str | None, policies: PolicySet) -> Sequence[Route]:
    """The escalations that tell of answers of a support level that fall due, to a customer or to anybody."""
    return [
        Route(name, table, () if customer is None else (customer,))
        for name, table in policies.escalations.items()
        if level in table.on.levels and (not table.on.customers or customer in table.on.customers)
    ]


def ancestors(service: Service, services: Mapping[str, Service]) -> set[str]:
    """The services without which this one cannot be up, and those that they depend on."""
    found: set[str] = set()
    todo = [service]
    while todo:
        child = todo.pop()
        parents = {service_id(name, child.customer, services) for name in child.depends_on}
        todo += [services[name] for name in parents - found]
        found |= parents
    return found


def _routes(service: str, policies: PolicySet) -> Iterator[Route]:
    known = policies.services.get(service)
    if known is None:
        return
    for name, table in policies.escalations.items():
        if table.on.concerns(service, known.severity):
            customers = tuple(one for one in table.on.customers if service in policies.routed_services[one])
            if customers or not table.on.customers:
                yield Route(name, table, customers)

"""From a scenario to the facts that judgement takes: what checks said, tickets, maintenance, exclusions."""

from collections.abc import Iterator, Sequence

from attrs import define, field

from sla_engine.evaluation import History
from sla_engine.exchange.scenarios.agreements import Agreement, Span
from sla_engine.exchange.scenarios.moments import read_moment
from sla_engine.exchange.scenarios.series import parse_series
from sla_engine.exchange.scenarios.speech import Saying, sayings
from sla_engine.exchange.scenarios.tables import Moments, ScenarioTable, TicketTable
from sla_engine.model.contract import Contract
from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval
from sla_engine.model.maintenance import Exclusion, Maintenance
from sla_engine.model.service import Service, with_parts
from sla_engine.model.ticket import TicketAct, TicketEvent
from sla_engine.policy import PolicySet
from sla_engine.policy.tickets import covered_tickets

_ALWAYS_UP = "up"
_ACTS = ("waiting", "resumed", "answered", "resolved")


@define
class Facts:
    """What is the case in a scenario."""

    table: ScenarioTable
    policies: PolicySet
    span: Span
    _said: dict[str, Sequence[Saying]] = field(factory=dict, init=False)

    def said(self, service: Service) -> Sequence[Saying]:
        """What the checks say by which a service is judged."""
        return [saying for each in with_parts(service) for saying in self._said_by(each)]

    def maintenance(self) -> Sequence[Maintenance]:
        """The policies' own windows, and the scenario's."""
        every = tuple(self.policies.services)
        own = [
            Maintenance(
                id=f"maintenance {number}",
                services=every if work.services is None else work.services,
                window=self._window(read_moment(work.starts, self.span.start), work.lasts.microseconds),
                announced_at=None if work.announced is None else read_moment(work.announced, self.span.start),
                channel=work.by,
            )
            for number, work in enumerate(self.table.maintenance, start=1)
        ]
        return [*self.policies.maintenance_windows(self.span.start, self.span.now), *own]

    def history(self, agreement: Agreement) -> History:
        """What an agreement judges."""
        contract = agreement.contract
        counted = with_parts(*(contract.services[name] for name in sorted(_counted_singly(contract))))
        return History(
            runs=[saying.run for each in with_parts(*contract.services.values()) for saying in self._said_by(each)],
            results=[result for each in counted for saying in self._said_by(each) for result in saying.results()],
            tickets=covered_tickets(self.policies, self._tickets(), agreement.customer),
            maintenance=self.maintenance(),
            exclusions=list(self._exclusions()),
        )

    def _said_by(self, service: Service) -> Sequence[Saying]:
        """What a service's own checks say, worked out once."""
        if service.id not in self._said:
            self._said[service.id] = tuple(self._sayings(service))
        return self._said[service.id]

    def _sayings(self, service: Service) -> Iterator[Saying]:
        for check in service.checks:
            for location in service.locations:
                series = self.table.check.get(
                    f"{check.id}@{location}",
                    self.table.check.get(check.id, self.table.service.get(service.id, _ALWAYS_UP)),
                )
                stretches = parse_series(series)
                yield from sayings(service, check.id, location, stretches, self.span.start, self.span.now)

    def _tickets(self) -> Iterator[TicketEvent]:
        for number, ticket in self.table.ticket.items():
            if isinstance(ticket, TicketTable):
                yield from self._short_form(number, ticket)
                continue
            for event in ticket:
                at = read_moment(event.at, self.span.start)
                yield TicketEvent(number, TicketAct(event.event), at, event.level, event.customer)

    def _short_form(self, number: str, ticket: TicketTable) -> Iterator[TicketEvent]:
        opened_at = read_moment(ticket.opened, self.span.start)
        yield TicketEvent(number, TicketAct.OPENED, opened_at, ticket.level, ticket.customer)
        for act in _ACTS:
            for at in _each(getattr(ticket, act), opened_at):
                yield TicketEvent(number, TicketAct(act), at, None, ticket.customer)

    def _exclusions(self) -> Iterator[Exclusion]:
        for number, one in enumerate(self.table.exclusion, start=1):
            window = self._window(read_moment(one.starts, self.span.start), one.lasts.microseconds)
            services = tuple(self.policies.services) if one.services is None else one.services
            yield Exclusion(f"exclusion {number}", services, window, one.reason, "the scenario")

    def _window(self, start: Instant, length: int) -> Interval:
        return Interval(start, start + length)


def _each(moments: Moments, start: Instant) -> Sequence[Instant]:
    return [read_moment(one, start) for one in (moments if isinstance(moments, tuple) else (moments,))]


def _counted_singly(contract: Contract) -> set[str]:
    """The services of which single results matter, because a profile or a latency objective counts them."""
    if contract.accounting.measure == "time":
        return {objective.service for objective in contract.latency}
    return set(contract.services)

"""Freezes by itself what has ended: every agreement's period, once late results have been waited for."""

import threading
from collections.abc import Callable, Iterator

import structlog
from attrs import define, field

from sla_engine.calendars.periods import Period, period_at
from sla_engine.engine.freezing import Render, Tell, freeze
from sla_engine.engine.in_force import Judged, read_policies, to_judge
from sla_engine.engine.steadiness import Steadiness
from sla_engine.evaluation.agreed import within_dates
from sla_engine.model.contract import Contract
from sla_engine.model.instant import HOUR, MINUTE, SECOND, Instant
from sla_engine.model.interval import Interval
from sla_engine.model.period import CalendarPeriod
from sla_engine.policy import PolicySet, UnknownAgreementError
from sla_engine.registry.clock import Clock
from sla_engine.store import Store

AUTHOR = "sla_engine"
"""Who freezes where nobody asked for it."""
_FLUSH_WITHIN = 2.0
_SETTLES = 10 * MINUTE

_log = structlog.get_logger("sla_engine.reports")


@define(eq=False)
class Freezer:
    """Looks after one engine's store; its looks may be broken off anywhere, as a report is kept at once.

    A clock that is wrong for a moment must not freeze a month that runs: after a start, and after each step of the
    clock, it waits for ten minutes, or for ``engine.freeze_after`` where that is shorter.

    Attributes:
        policies: gives those that are in force.
        render: makes the report's forms.
        is_over: set when no more is to be frozen.
        tell: told of each verdict once its report is kept.
    """

    policies: Callable[[], PolicySet]
    store: Store
    clock: Clock
    render: Render
    is_over: threading.Event = field(factory=threading.Event)
    tell: Tell = lambda _: None
    _steadiness: Steadiness = field(init=False)
    _looked_by: str = field(default="", init=False)
    _quiet_until: Instant = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        self._steadiness = Steadiness(self.clock)

    def look(self) -> None:
        """Freeze what is due."""
        policies, now = self.policies(), self.clock.now()
        if not self._is_steady(policies, now) or (now < self._quiet_until and self._looked_by == policies.hash):
            return
        writer = self.store.writer
        if not writer.flush(_FLUSH_WITHIN):
            return  # what waits to be written belongs in the reports
        for judged in due(policies, self.store, now):
            if self.is_over.is_set():
                return
            report = freeze(judged, self.store, self.render, who=AUTHOR, now=now, tell=self.tell)
            detail = f"{report.holder} {report.label}, inputs {report.digest[:12]}"
            _log.info("report frozen", report=detail)
            writer.record_event(now, "report-frozen", detail)
        self._looked_by, self._quiet_until = policies.hash, _next_due(policies, now)

    def _is_steady(self, policies: PolicySet, now: Instant) -> bool:
        """Whether the wall clock has gone on as the monotonic one has, for long enough."""
        seconds = self._steadiness.look(now)
        if not seconds:
            self._quiet_until = 0
        return seconds * SECOND >= min(_SETTLES, policies.engine.freeze_after.microseconds)


def due(present: PolicySet, store: Store, now: Instant) -> Iterator[Judged]:
    """The periods that are to be frozen, of every agreement that is or just was in force.

    They reach back to the first policies that the store knows. Rolling periods are not among them: they end always.
    """
    loads = store.policy_loads()
    if not loads:
        return
    frozen_already = store.frozen_names()
    before = now - present.engine.freeze_after.microseconds
    for policies, sla, customer in _agreements(present, store, before):
        contract = policies.contract(sla=sla, customer=customer)
        for period in _ended(contract, since=loads[0][0], before=before):
            try:
                judged = to_judge(present, store, period.label, now, sla=sla, customer=customer)
            except UnknownAgreementError:
                break  # it was not in force yet
            if (judged.holder, judged.period.label) in frozen_already:
                break
            if judged.freezes_at <= now and _stands_in(judged):
                yield judged


def _agreements(
    present: PolicySet, store: Store, before: Instant
) -> Iterator[tuple[PolicySet, str | None, str | None]]:
    """Each agreement once, as an SLA's or a customer's id, with the policies that know it."""
    loaded = store.policies_in_force(before)
    sets = [present]
    if loaded is not None and loaded.hash != present.hash:
        sets.append(read_policies(loaded.hash, loaded.content))
    slas = {sla: policies for policies in reversed(sets) for sla in policies.slas}
    customers = {customer: policies for policies in reversed(sets) for customer in policies.customers}
    for sla, policies in slas.items():
        yield policies, sla, None
    for customer, policies in customers.items():
        yield policies, None, customer


def _ended(contract: Contract, since: Instant, before: Instant) -> Iterator[Period]:
    """A contract's periods that end after one instant and not after another, the newest first."""
    if not isinstance(contract.period, CalendarPeriod):
        return
    period = period_at(before, contract.period, contract.timezone)
    while (period := period_at(period.start - 1, contract.period, contract.timezone)).end > since:
        yield period


def _stands_in(judged: Judged) -> bool:
    """Whether the contract stands at any time of the period."""
    start, end = within_dates(judged.contract, Interval(judged.period.start, judged.period.end))
    return start < end


def _next_due(policies: PolicySet, now: Instant) -> Instant:
    """When the next period will be due, or in an hour."""
    grace = policies.engine.freeze_after.microseconds
    contracts = [policies.contract(sla=sla) for sla in policies.slas]
    contracts += [policies.contract(customer=customer) for customer in policies.customers]
    ends = [
        period_at(now - grace, contract.period, contract.timezone).end
        for contract in contracts
        if isinstance(contract.period, CalendarPeriod)
    ]
    return min([end + grace for end in ends] + [now + HOUR])

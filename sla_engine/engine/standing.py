"""How things stand at an instant, worked out from the store."""

from collections.abc import Iterator, Mapping, Sequence, Set

from attrs import evolve

from sla_engine.calendars.periods import Period, period_at
from sla_engine.engine.budgets import BudgetStatus
from sla_engine.engine.burning import budgets
from sla_engine.engine.exclusions import exclusions_within
from sla_engine.engine.maintenance.proof import maintenance_within
from sla_engine.engine.status import (
    AgreementStatus,
    CheckStatus,
    Condition,
    IncidentStatus,
    ObjectiveStatus,
    ServiceStatus,
    Status,
)
from sla_engine.engine.tickets.within import events_within
from sla_engine.evaluation import History, evaluate
from sla_engine.evaluation.timeline import Said, Timeline, by_source, lay_out_said
from sla_engine.model.accounting import Accounting
from sla_engine.model.contract import Contract
from sla_engine.model.instant import DAY, Instant
from sla_engine.model.percent import format_percent
from sla_engine.model.result import Result, Run, State
from sla_engine.model.service import Check, Service, StaleAfter, all_checks, with_parts
from sla_engine.model.text import Text
from sla_engine.model.verdict import AvailabilityVerdict
from sla_engine.policy import PolicySet
from sla_engine.store import Latest, Store
from sla_engine.store.incidents import incidents_touching

_CONDITIONS: Mapping[State, Condition] = {
    State.UP: "up",
    State.DEGRADED: "degraded",
    State.DOWN: "down",
    State.ERROR: "unknown",
}
_LOOK_BACK = 7 * DAY


def standing(policies: PolicySet, store: Store, now: Instant, *, customer: str | None = None) -> Status:
    """How things stand: the services and SLAs that are everybody's, and with ``customer`` that customer's own too."""
    services = [service for service in policies.services.values() if service.customer in {None, customer}]
    latest = store.latest()
    stale_after = Accounting().stale_after
    recent = by_source(store.runs(now - _LOOK_BACK, now + 1))
    contracts = [policies.contract(sla=name, at=now) for name in policies.slas]
    if customer is not None:
        contracts.append(policies.contract(customer=customer, at=now))
    return Status(
        at=now,
        policy_hash=policies.hash,
        services=tuple(_service(service, recent, latest, stale_after, now) for service in services),
        agreements=tuple(agreement_status(contract, policies, store, now) for contract in contracts),
        incidents=tuple(_incidents(services, store, now)),
    )


def known_history(
    policies: PolicySet, store: Store, contract: Contract, period: Period, *, until: Instant | None = None
) -> History:
    """What the store knows that a contract's verdict over a period needs.

    Args:
        until: up to when an outage that outlasts the period is followed, and nothing is known of what came later.
    """
    checks = [check.id for check in all_checks(contract.services.values())]
    since = known_from(contract, period)
    runs = store.runs(since, period.end, checks) if until is None else store.runs_before(since, until, checks)
    return history_with(runs, policies, store, contract, period)


def known_from(contract: Contract, period: Period) -> Instant:
    """From when on results matter: an outage that reaches into the period may be long enough to count only by what it
    was before."""
    return period.start - contract.accounting.min_outage.microseconds


def history_with(runs: Sequence[Run], policies: PolicySet, store: Store, contract: Contract, period: Period) -> History:
    """Some run-lengths, with whatever else the store knows that a contract's verdict over a period needs."""
    start, end = period.start, period.end
    counted = set() if contract.accounting.measure == "time" else set(contract.services)
    timed = {objective.service for objective in contract.latency}
    return History(
        runs=runs,
        results=[one for check in _checks(contract, counted) for one in store.results(check, start, end)],
        tickets=events_within(policies, store, contract, period) if contract.response else (),
        maintenance=maintenance_within(policies, store, contract, start, end),
        exclusions=exclusions_within(store, start, end),
        samples=store.samples(_checks(contract, timed), start, end) if timed else (),
    )


def _incidents(services: Sequence[Service], store: Store, now: Instant) -> Iterator[IncidentStatus]:
    """The incidents that were open at an instant."""
    titles = {service.id: service.title for service in services}
    with store.reading() as connection:
        found = incidents_touching(connection, now, now + 1, list(titles))
    for record in found:
        if record.opened_at is not None and record.opened_at <= now and record.closed_at != now:
            known = evolve(record, events=tuple(event for event in record.events if event.at <= now))
            taken = known.acknowledgement
            by = (None, None) if taken is None else (taken.who, taken.at)
            yield IncidentStatus(
                record.number, record.service, titles[record.service], record.state, record.began_at, *by
            )


def _checks(contract: Contract, services: Set[str]) -> list[str]:
    return [check.id for check in all_checks(contract.services[name] for name in sorted(services))]


def agreement_status(contract: Contract, policies: PolicySet, store: Store, now: Instant) -> AgreementStatus:
    """How an agreement stands in its running period."""
    period = period_at(now, contract.period, contract.timezone)
    history = known_history(policies, store, contract, period)
    verdict = evaluate(contract, history, period, now)
    burning = budgets(policies, store, contract, period, history, now)
    return AgreementStatus(
        agreement=contract.agreement,
        customer=verdict.customer,
        title=contract.title,
        zone=contract.timezone,
        period=period,
        accounting=contract.accounting,
        objectives=tuple(
            _objective(entry, budget, contract.services[entry.objective.service].title)
            for entry, budget in zip(verdict.availability, burning, strict=True)
        ),
    )


def _objective(entry: AvailabilityVerdict, burning: BudgetStatus, title: Text) -> ObjectiveStatus:
    return ObjectiveStatus(
        service=entry.objective.service,
        title=title,
        target=format_percent(entry.objective.target.ratio),
        measured=None if entry.measured is None else format_percent(entry.measured),
        coverage=None if entry.coverage is None else format_percent(entry.coverage),
        verdict=entry.finding,
        budget=entry.budget,
        budget_left=entry.budget_left,
        burning=burning,
    )


def _service(
    service: Service,
    said: Said,
    latest: Mapping[tuple[str, str], Latest],
    stale_after: StaleAfter,
    now: Instant,
) -> ServiceStatus:
    timeline = lay_out_said(service, said, stale_after, now + 1)
    checks = tuple(
        _check(check, location, latest.get((check.id, location)), stale_after, now)
        for each in with_parts(service)
        for check in each.checks
        for location in each.locations
    )
    state, since, reason = _present(timeline, now)
    if state == "up" and any(check.state == "degraded" for check in checks):
        state = "degraded"
        reason = next(check.reason for check in checks if check.state == "degraded")
    parts = tuple(part.id for part in service.parts)
    return ServiceStatus(service.id, service.title, state, since, reason, () if parts else checks, parts)


def _present(timeline: Timeline, now: Instant) -> tuple[Condition, Instant | None, str | None]:
    if not timeline.segments or timeline.segments[-1].span.end <= now:
        return "unknown", timeline.segments[-1].span.end if timeline.segments else None, None
    segment = timeline.segments[-1]
    reason = f"{segment.check}: {segment.reason}" if segment.state == "down" and segment.reason else None
    return segment.state, segment.span.start, reason


def _check(check: Check, location: str, latest: Latest | None, stale_after: StaleAfter, now: Instant) -> CheckStatus:
    if latest is None:
        return CheckStatus(check.name, location, "unknown", None, None, None)
    result: Result = latest.result
    is_fresh = now < result.at + stale_after.intervals * result.interval
    state = _CONDITIONS[result.state] if is_fresh else "unknown"
    return CheckStatus(check.name, location, state, result.at, result.latency, result.reason if is_fresh else None)

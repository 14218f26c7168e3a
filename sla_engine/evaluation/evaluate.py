"""A contract, a history and a period in; a verdict out. Same inputs, same verdict."""

from collections.abc import Iterable

from sla_engine.calendars.periods import Period
from sla_engine.evaluation.availability import judge_availability
from sla_engine.evaluation.credits import credit_due, days_stood
from sla_engine.evaluation.history import History
from sla_engine.evaluation.latency import judge_latency
from sla_engine.evaluation.response import TermsAt, judge_responses
from sla_engine.model.contract import Contract
from sla_engine.model.instant import Instant
from sla_engine.model.maintenance import Exclusion
from sla_engine.model.verdict import AvailabilityVerdict, Credit, Verdict


def evaluate(
    contract: Contract, history: History, period: Period, now: Instant, *, terms_at: TermsAt | None = None
) -> Verdict:
    """Judge a contract over a period.

    Args:
        contract: the terms that stood in the period.
        history: what is known, in any order; results that were scheduled at or after ``now`` do not exist yet.
        period: as by `sla_engine.calendars.periods`.
        now: up to when the period has run; at or after its end, verdicts are final.
        terms_at: the contract as it stood at any instant, for clocks that started under other terms; without it,
            ``contract`` is what always stood.
    """
    availability = tuple(
        judge_availability(contract, objective, history, period, now) for objective in contract.availability
    )
    return Verdict(
        agreement=contract.agreement,
        customer=contract.customer.id if contract.customer else None,
        policy_hash=contract.policy_hash,
        start=period.start,
        end=period.end,
        zone=period.zone,
        has_ended=now >= period.end,
        accounting=contract.accounting,
        availability=availability,
        latency=tuple(judge_latency(contract, objective, history, period, now) for objective in contract.latency),
        response=judge_responses(terms_at or (lambda _: contract), contract.response, history.tickets, period, now),
        credit=_credit(contract, availability, period, now) if contract.credits else None,
        exclusions=tuple(_exclusions(contract, history, period)) if history.exclusions else (),
    )


def _credit(
    contract: Contract, availability: Iterable[AvailabilityVerdict], period: Period, now: Instant
) -> Credit | None:
    return credit_due(
        contract.credits,
        contract.credit_terms,
        [(verdict.objective.service, verdict.measured) for verdict in availability],
        contract.fee,
        stood=days_stood(contract, period),
        is_provisional=now < period.end,
    )


def _exclusions(contract: Contract, history: History, period: Period) -> list[Exclusion]:
    """What people took out that touches the period and a service of the contract, the earliest first, each once."""
    touching = {
        exclusion
        for exclusion in history.exclusions
        if not contract.services.keys().isdisjoint(exclusion.services)
        and exclusion.window.start < period.end
        and exclusion.window.end > period.start
    }
    return sorted(touching, key=lambda exclusion: (exclusion.window, exclusion.id))

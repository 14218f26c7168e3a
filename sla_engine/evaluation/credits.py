"""Credits: what is given back when availability falls below the tiers of the contract.

Tiers are half-open and the worst one reached applies, by the unrounded share; then the minimum, then the cap. All of it
is exact, and money is rounded once, at the end. A service of which nothing is known grants nothing.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from attrs import evolve

from sla_engine.calendars.periods import Period
from sla_engine.evaluation.agreed import within_dates
from sla_engine.model.contract import Contract
from sla_engine.model.credit import CreditTerms, CreditTier, DaysStood, ServiceDays
from sla_engine.model.instant import Instant, to_datetime
from sla_engine.model.interval import Interval
from sla_engine.model.money import Money, rounded_half_up
from sla_engine.model.percent import Percent
from sla_engine.model.verdict import Credit, ServiceCredit
from sla_engine.model.zone import Zone

_NOTHING, _WHOLE = Percent(Fraction(0)), Fraction(1)


def credit_due(
    tiers: Sequence[CreditTier],
    terms: CreditTerms,
    measured: Iterable[tuple[str, Fraction | None]],
    fee: Money | None,
    *,
    stood: DaysStood | None = None,
    is_provisional: bool = False,
) -> Credit | None:
    """The credit of a period, or None where the contract has no tiers.

    Args:
        tiers: either all of shares of the fee, or all of days.
        measured: each service with its availability.
        fee: of a whole period.
        stood: the part of the period whose fee is paid; None is all of it.
        is_provisional: whether the period runs on.
    """
    if not tiers:
        return None
    found = [_of_service(tiers, terms, service, share) for service, share in measured if share is not None]
    credit = Credit(
        percent=_NOTHING,
        amount=None,
        by_service=tuple(one for one in found if one is not None),
        terms=terms,
        fee=fee,
        stood=stood,
        is_provisional=is_provisional,
    )
    return _in_days(credit) if isinstance(tiers[0].credit, ServiceDays) else _in_money(credit)


def tier_reached(tiers: Iterable[CreditTier], service: str, measured: Fraction) -> CreditTier | None:
    """The worst tier that a service's share falls below, or None where it falls below none."""
    reached = [tier for tier in tiers if tier.is_about(service) and measured < tier.below.ratio]
    return min(reached, key=lambda tier: tier.below, default=None)


def days_stood(contract: Contract, period: Period) -> DaysStood | None:
    """The days of a period on which its contract stood; None where it stood all the time."""
    whole = Interval(period.start, period.end)
    standing = within_dates(contract, whole)
    if standing == whole:
        return None
    days = _dates_between(standing.start, standing.end, contract.timezone)
    return DaysStood(days, max(1, _dates_between(whole.start, whole.end, contract.timezone)))


def _of_service(
    tiers: Iterable[CreditTier], terms: CreditTerms, service: str, measured: Fraction
) -> ServiceCredit | None:
    tier = tier_reached(tiers, service, measured)
    if tier is None:
        return None
    granted = tier.credit
    if terms.share and isinstance(granted, Percent):
        granted = Percent(granted.ratio * terms.share.get(service, _NOTHING).ratio)
    return ServiceCredit(service, measured, tier, granted)


def _in_days(credit: Credit) -> Credit:
    counts = [one.granted.count for one in credit.by_service if isinstance(one.granted, ServiceDays)]
    reached = sum(counts) if credit.terms.combine == "sum" else max(counts, default=0)
    cap = credit.terms.cap
    given = min(reached, cap.count) if isinstance(cap, ServiceDays) else reached
    return evolve(credit, reached=ServiceDays(reached), days=ServiceDays(given))


def _in_money(credit: Credit) -> Credit:
    ratios = [one.granted.ratio for one in credit.by_service if isinstance(one.granted, Percent)]
    reached = sum(ratios, Fraction(0)) if credit.terms.combine == "sum" else max(ratios, default=Fraction(0))
    paid = None
    if credit.fee is not None:
        paid = Fraction(credit.fee.amount) * (1 if credit.stood is None else credit.stood.ratio)
    is_below_minimum = _is_below_minimum(reached, credit.terms, paid)
    given = Fraction(0) if is_below_minimum else min(reached, _most(credit.terms, paid))
    return evolve(
        credit,
        reached=Percent(reached),
        percent=Percent(given),
        amount=None if credit.fee is None or paid is None else rounded_half_up(given * paid, credit.fee.currency),
        is_below_minimum=is_below_minimum,
    )


def _is_below_minimum(reached: Fraction, terms: CreditTerms, paid: Fraction | None) -> bool:
    """Whether a share of the fee is less than is given at all, which only a fee can tell."""
    return terms.minimum is not None and paid is not None and reached * paid < Fraction(terms.minimum.amount)


def _most(terms: CreditTerms, paid: Fraction | None) -> Fraction:
    """The cap as a share of the fee, never more than all of it; one in money needs a fee to hold."""
    if isinstance(terms.cap, Percent):
        return min(_WHOLE, terms.cap.ratio)
    if isinstance(terms.cap, Money) and paid:
        return min(_WHOLE, Fraction(terms.cap.amount) / paid)
    return _WHOLE


def _dates_between(start: Instant, end: Instant, zone: Zone) -> int:
    return (to_datetime(end, zone.tz).date() - to_datetime(start, zone.tz).date()).days

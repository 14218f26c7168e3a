"""A credit in words: what each service fell below, what that comes to, and what minimum and cap left of it."""

from collections.abc import Iterator
from fractions import Fraction

from sla_engine.model.credit import ServiceDays
from sla_engine.model.money import rounded_half_up
from sla_engine.model.percent import Percent, format_percent
from sla_engine.model.verdict import Credit, ServiceCredit


def credit_text(credit: Credit) -> str:
    """What is given, in a line, and how it came to that, in another."""
    given = str(credit.percent) if credit.days is None else f"{credit.days} of service"
    amount = "" if credit.amount is None else f", {credit.amount}"
    provisional = ", provisional" if credit.is_provisional else ""
    return f"Credit    {given}{amount}{provisional}\n          {explanation(credit)}"


def explanation(credit: Credit) -> str:
    """One line by which a customer can follow the credit.

    As in ``api: 99.41% is below 99.5%: 10% of 1200 EUR = 120.00 EUR; minimum none; cap 100%``.
    """
    if not credit.by_service:
        return "no availability that was measured is below a tier"
    return "; ".join([*_granted(credit), *_bounds(credit)])


def _granted(credit: Credit) -> Iterator[str]:
    """What each service grants; the last with what they come to."""
    parts = [_of_service(one, credit) for one in credit.by_service]
    if len(parts) > 1:
        parts.append(f"{'together' if credit.terms.combine == 'sum' else 'the most is'} {_written(credit.reached)}")
    yield from parts[:-1]
    yield f"{parts[-1]}{_in_money(credit)}"


def _of_service(one: ServiceCredit, credit: Credit) -> str:
    tier = one.tier
    line = f"{one.service}: {format_percent(one.measured)}% is below {tier.below}: {_written(tier.credit)}"
    if not credit.terms.share:
        return line
    share = credit.terms.share.get(one.service, Percent(Fraction(0)))
    return f"{line} of its {share} = {one.granted}"


def _in_money(credit: Credit) -> str:
    """The part of the fee that the tiers come to, before minimum and cap."""
    if credit.fee is None or not isinstance(credit.reached, Percent):
        return ""
    stood, part = credit.stood, ""
    paid = Fraction(credit.fee.amount)
    if stood is not None:
        part = f" for {stood.days} of {stood.of} days"
        paid *= stood.ratio
    return f" of {credit.fee}{part} = {rounded_half_up(credit.reached.ratio * paid, credit.fee.currency)}"


def _bounds(credit: Credit) -> Iterator[str]:
    """What minimum and cap make of it; of days there is no minimum, and without a cap no most."""
    terms = credit.terms
    if credit.days is not None:
        yield f"cap {terms.cap or 'none'}{_left(credit)}"
    elif credit.is_below_minimum:
        yield f"less than the minimum of {terms.minimum}, so that nothing is given"
    else:
        yield f"minimum {terms.minimum or 'none'}"
        yield f"cap {terms.cap or '100%'}{_left(credit)}"


def _left(credit: Credit) -> str:
    """What the cap leaves, where it leaves less."""
    given = credit.percent if credit.days is None else credit.days
    if given == credit.reached:
        return ""
    return f", which leaves {_written(given) if credit.amount is None else credit.amount}"


def _written(granted: Percent | ServiceDays) -> str:
    return f"{granted} of service" if isinstance(granted, ServiceDays) else str(granted)

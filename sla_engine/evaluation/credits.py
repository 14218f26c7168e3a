"""Credits: what is given back when availability falls below the tiers of the contract.

Tiers are half-open and the worst one reached applies, by the unrounded share. Money is rounded once, at the end.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from sla_engine.model.contract import CreditTier
from sla_engine.model.money import Money
from sla_engine.model.percent import Percent
from sla_engine.model.verdict import Credit

_NOTHING = Percent(Fraction(0))


def credit_due(tiers: Sequence[CreditTier], measured: Iterable[Fraction | None], fee: Money | None) -> Credit | None:
    """The credit for the worst of the measured shares, or None where the contract has no tiers."""
    if not tiers:
        return None
    known = [share for share in measured if share is not None]
    percent = tier_reached(tiers, min(known)) if known else _NOTHING
    return Credit(percent, None if fee is None else _share_of(fee, percent))


def tier_reached(tiers: Iterable[CreditTier], measured: Fraction) -> Percent:
    """The credit of the worst tier that a share falls below; nothing where it falls below none."""
    return max((tier.credit for tier in tiers if measured < tier.below.ratio), default=_NOTHING)


def _share_of(fee: Money, percent: Percent) -> Money:
    share = fee.amount * Decimal(percent.ratio.numerator) / Decimal(percent.ratio.denominator)
    return Money(share, fee.currency).rounded()

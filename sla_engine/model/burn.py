"""Burn-rate alerts as policies write them."""

from fractions import Fraction

from attrs import frozen

from sla_engine.model.duration import Duration
from sla_engine.model.percent import Percent


@frozen
class BurnRule:
    """An alert that fires while a long and a short window both use up an error budget too fast."""

    share: Percent  # of the period's error budget that the long window may use up, such as 2%
    long: Duration  # window that says it matters, such as 1h
    short: Duration  # window that says it is still going on, such as 5m

    def __attrs_post_init__(self) -> None:
        if not 0 < self.share.ratio <= 1:
            raise ValueError(f"{self.share} of a budget cannot be watched for: write a share up to 100%, such as 2%")
        if not 0 < self.short.microseconds < self.long.microseconds:
            raise ValueError(
                f"the short window must be shorter than the long one of {self.long}, and not empty: "
                "write a twelfth of it, as in 5m beside 1h"
            )

    def __str__(self) -> str:
        return f"{self.share} in {self.long} and {self.short}"


def burn_factor(share: Fraction, budget: Fraction, allowance: Fraction) -> Fraction:
    """The burn rate at which a window uses up a share of the period's budget.

    It is the share times the period over the window, of which only agreed time counts: 14.4 for 2 % of 30 days in an
    hour, 13.44 of 28 days (Google SRE workbook, chapter 5).

    Args:
        budget: downtime that the whole period allows.
        allowance: downtime that the same target allows in the window alone.
    """
    return share * budget / allowance

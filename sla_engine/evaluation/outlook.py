"""The outlook of an objective: its error budget in the running period, how fast it burns, and where that leads."""

from fractions import Fraction

from attrs import frozen

from sla_engine.evaluation.burn import Burn, Watch, burn_over, burn_so_far
from sla_engine.evaluation.forecast import Forecast, Prospect, affordable, forecast, prospect
from sla_engine.model.duration import Duration
from sla_engine.model.instant import DAY, HOUR

WINDOWS = (Duration(HOUR), Duration(6 * HOUR), Duration(DAY), Duration(3 * DAY))
"""Over which burn is always shown."""


@frozen
class Pace:
    """A burn, and where it leads if it goes on.

    Attributes:
        window: how far back it looks; None is the period so far.
        forecast: None where nothing is known, or nothing of the period is ahead.
    """

    window: Duration | None
    burn: Burn
    forecast: Forecast | None


@frozen
class Outlook:
    """How an objective's error budget is used up.

    Attributes:
        budget: microseconds of downtime that the whole period allows.
        spent: what was used of them.
        affordable: microseconds of downtime that can still come without a breach.
        so_far: the period until now, which is what a verdict of ``at_risk`` goes by.
        recent: the last hour, six hours, day and three days.
    """

    budget: Fraction
    spent: Fraction
    affordable: int
    so_far: Pace
    recent: tuple[Pace, ...]


def outlook(watch: Watch) -> Outlook:
    """The outlook of an objective at an instant."""
    seen, so_far = prospect(watch), burn_so_far(watch)
    return Outlook(
        budget=watch.budget,
        spent=so_far.spent,
        affordable=affordable(seen),
        so_far=_pace(None, so_far, seen),
        recent=tuple(_pace(window, burn_over(watch, window.microseconds), seen) for window in WINDOWS),
    )


def _pace(window: Duration | None, burn: Burn, seen: Prospect) -> Pace:
    return Pace(window, burn, None if burn.bad is None else forecast(seen, burn.bad))

"""The accounting profile: every choice that can flip a verdict, printed in every report."""

from fractions import Fraction
from typing import Literal

from attrs import frozen

from sla_engine.model.duration import Duration
from sla_engine.model.instant import MINUTE
from sla_engine.model.percent import Percent
from sla_engine.model.service import StaleAfter


@frozen
class Accounting:
    """How results become a percentage.

    Attributes:
        name: the profile's id in the policies.
        measure: what is counted: elapsed ``time``, single ``checks``, or the mean of ``slots``.
        slot: the length of a slot where slots are measured (AWS S3: five minutes).
        slot_errors: the share of its bad checks above which a slot is bad as a whole, and else not at all (Google Cloud
            Functions: more than 10 % of a minute's attempts); None is each slot by its share.
        slot_checks: how many checks a slot needs for any of them to count as bad (Google Cloud Functions: 100).
        min_outage: outages whose whole real run is shorter are real but not counted (Google Cloud SLAs).
        unknown: what unknown time does to the ratio: left out, as up, or as down.
        stale_after: how long a result speaks for.
        maintenance: ``exclude`` shrinks the agreed time, ``credit`` counts it as up, ``count`` excludes nothing.
        maintenance_notice: maintenance announced later than this before its start counts.
        maintenance_cap: how much maintenance may be excluded in one period, or None for no limit.
        maintenance_channels: maintenance that was announced by none of these counts; empty takes any.
    """

    name: str = "default"
    measure: Literal["time", "checks", "slots"] = "time"
    slot: Duration = Duration(5 * MINUTE)
    slot_errors: Percent | None = None
    slot_checks: int = 1
    min_outage: Duration = Duration(0)
    unknown: Literal["exclude", "up", "down"] = "exclude"
    stale_after: StaleAfter = StaleAfter(Fraction(2))
    maintenance: Literal["exclude", "credit", "count"] = "exclude"
    maintenance_notice: Duration = Duration(0)
    maintenance_cap: Duration | None = None
    maintenance_channels: tuple[str, ...] = ()

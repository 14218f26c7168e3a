"""The choices that can flip a verdict, as they are written."""

from typing import Literal

from attrs import field, frozen

from sla_engine.model.duration import Duration
from sla_engine.model.percent import Percent
from sla_engine.model.service import StaleAfter
from sla_engine.policy.values import Unlimited


@frozen
class AccountingTable:
    """Every choice that can flip a verdict."""

    measure: Literal["time", "checks", "slots"] = "time"  # what is counted
    slot: Duration = Duration(300_000_000)  # length of a slot, where slots are measured
    slot_errors: Percent | None = (
        None  # share of bad checks above which a slot is bad as a whole; default: by its share
    )
    slot_checks: int = 1  # checks that a slot needs for any of them to count as bad
    min_outage: Duration = Duration(0)  # shorter outages are real but not counted
    unknown: Literal["exclude", "up", "down"] = "exclude"  # what unknown time does to the ratio
    stale_after: StaleAfter | None = None  # how long a result speaks for, in intervals; default: 2x
    maintenance: Literal["exclude", "credit", "count"] = "exclude"  # shrinks the agreed time, counts as up, or counts
    maintenance_notice: Duration = Duration(0)  # announced later than this before its start, maintenance counts
    maintenance_cap: Duration | Unlimited = field(factory=Unlimited)  # most that may be excluded in a period, or "none"
    maintenance_channels: tuple[str, ...] = ()  # announced by none of these, maintenance counts; default: by any

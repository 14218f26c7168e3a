from decimal import Decimal
from fractions import Fraction

import pytest

from sla_engine.model.accounting import Accounting
from sla_engine.model.contract import AvailabilityObjective, LatencyObjective, ResponseObjective
from sla_engine.model.credit import CreditTier
from sla_engine.model.duration import Duration, parse_duration, parse_within
from sla_engine.model.instant import HOUR, MINUTE, SECOND, parse_instant
from sla_engine.model.interval import Interval
from sla_engine.model.money import Money
from sla_engine.model.percent import parse_percent
from sla_engine.model.verdict import (
    AvailabilityVerdict,
    Clock,
    Credit,
    Kinds,
    LatencyVerdict,
    Outage,
    Percentile,
    ResponseVerdict,
    ServiceCredit,
    Verdict,
    Warned,
)
from sla_engine.model.zone import parse_zone


@pytest.fixture
def october() -> Verdict:
    """A month of GMT+1 with an outage, a late answer, a service without data, and a credit."""
    start, end = parse_instant("2026-09-30T23:00:00Z"), parse_instant("2026-10-31T23:00:00Z")
    fell = parse_instant("2026-10-03T12:00:00Z")
    return Verdict(
        agreement="standard",
        customer="acme",
        policy_hash="0123456789abcdef" * 4,
        start=start,
        end=end,
        zone=parse_zone("GMT+1"),
        has_ended=True,
        accounting=Accounting(maintenance_cap=parse_duration("8h")),
        availability=(
            AvailabilityVerdict(
                objective=AvailabilityObjective("api", parse_percent("99%")),
                finding="breached",
                measured=Fraction(9899999999, 10**10),
                kinds=Kinds(2_000_000 * SECOND, 36_000 * SECOND + 1, 100 * SECOND, 0, 642_299 * SECOND + 999_999),
                real_down=10 * HOUR + MINUTE,
                coverage=Fraction(1),
                budget=20_000 * SECOND,
                budget_left=-16_000 * SECOND,
                burn_rate=Fraction(3, 2),
                outages=(Outage(Interval(fell, fell + 10 * HOUR), 36_000 * SECOND + 1, "api/health", "HTTP 500"),),
            ),
            AvailabilityVerdict(
                objective=AvailabilityObjective("smtp", parse_percent("99.95%"), "office"),
                finding="no_data",
                measured=None,
                kinds=Kinds(0, 0, 0, 0, end - start),
                real_down=0,
                coverage=None,
                budget=0,
                budget_left=0,
                burn_rate=None,
                outages=(),
            ),
        ),
        latency=(
            LatencyVerdict(
                LatencyObjective("api", parse_percent("95%"), Duration(800_000)),
                "met",
                Fraction(99, 100),
                99,
                100,
                failed=1,
                percentiles=(
                    Percentile(parse_percent("50%"), 50, 80_125),
                    Percentile(parse_percent("90%"), 90, 210_000),
                    Percentile(parse_percent("95%"), 95, 320_000),
                    Percentile(parse_percent("99%"), 100, None),
                ),
                slowest=799_999,
            ),
        ),
        response=(
            ResponseVerdict(
                ResponseObjective("first", parse_within("4h"), "office"),
                "breached",
                Fraction(11, 12),
                11,
                1,
                1,
                (
                    Clock(
                        ticket="T-1",
                        started_at=fell,
                        stopped_at=fell + 5 * HOUR,
                        due_at=fell + 4 * HOUR + 30 * MINUTE,
                        breached_at=fell + 4 * HOUR + 30 * MINUTE,
                        elapsed=4 * HOUR + 30 * MINUTE,
                        met=False,
                        within=parse_within("4h"),
                        during="office",
                        allowed=4 * HOUR,
                        paused=30 * MINUTE,
                        pauses=((fell + HOUR, fell + 90 * MINUTE),),
                        warnings=(Warned(fell + 150 * MINUTE, 50),),
                    ),
                    Clock("T-2", fell, None, None, None, 90 * SECOND, None, parse_within("4h"), "office", 4 * HOUR),
                ),
            ),
        ),
        credit=Credit(
            parse_percent("10%"),
            Money(Decimal("120.00"), "EUR"),
            by_service=(
                ServiceCredit(
                    "api",
                    Fraction(9899999999, 10**10),
                    CreditTier(parse_percent("99%"), parse_percent("10%")),
                    parse_percent("10%"),
                ),
            ),
            reached=parse_percent("10%"),
            fee=Money(Decimal("1200"), "EUR"),
        ),
    )

"""A verdict as programs read it: the shape is a promise."""

import json

import attrs

from sla_engine.model.interval import Interval
from sla_engine.model.maintenance import Exclusion
from sla_engine.model.verdict import Verdict
from sla_engine.reports.verdict_json import verdict_json


def test_the_heading_names_agreement_customer_policies_and_period(october: Verdict) -> None:
    told = verdict_json(october)

    assert (told["agreement"], told["customer"], told["policy_hash"]) == ("standard", "acme", "0123456789abcdef" * 4)
    assert told["period"] == {
        "start": "2026-09-30T23:00:00Z",
        "end": "2026-10-31T23:00:00Z",
        "timezone": "GMT+1",
        "ended": True,
    }


def test_every_choice_of_the_profile_is_told(october: Verdict) -> None:
    accounting = verdict_json(october)["accounting"]

    assert accounting == {
        "profile": "default",
        "measure": "time",
        "slot": "5m",
        "slot_errors": None,
        "slot_checks": 1,
        "min_outage": "0s",
        "unknown": "exclude",
        "stale_after": "2x",
        "maintenance": "exclude",
        "maintenance_notice": "0s",
        "maintenance_cap": "8h",
        "maintenance_channels": [],
    }
    assert set(attrs.asdict(october.accounting)) == set(accounting) - {"profile"} | {"name"}


def test_shares_are_text_rounded_down_and_lengths_are_seconds(october: Verdict) -> None:
    api = verdict_json(october)["availability"][0]

    assert api == {
        "service": "api",
        "target": "99",
        "during": "always",
        "measured": "98.999999",
        "verdict": "breached",
        "seconds": {
            "up": 2_000_000,
            "down": 36_000.000001,
            "unknown": 100,
            "excluded": 0,
            "unscheduled": 642_299.999999,
        },
        "real_down": 36_060,
        "coverage": "100",
        "budget": 20_000,
        "budget_left": -16_000,
        "burn_rate": "1.5",
        "outages": [
            {
                "start": "2026-10-03T12:00:00Z",
                "end": "2026-10-03T22:00:00Z",
                "counted": 36_000.000001,
                "check": "api/health",
                "reason": "HTTP 500",
                "evidence": None,
            }
        ],
    }


def test_where_nothing_is_known_there_is_no_number(october: Verdict) -> None:
    smtp = verdict_json(october)["availability"][1]

    assert (smtp["measured"], smtp["verdict"], smtp["coverage"], smtp["burn_rate"]) == (None, "no_data", None, None)


def test_latency_tells_how_many_checks_were_in_time(october: Verdict) -> None:
    assert verdict_json(october)["latency"] == [
        {
            "service": "api",
            "target": "95",
            "under": "800ms",
            "during": "always",
            "measured": "99",
            "verdict": "met",
            "good": 99,
            "valid": 100,
            "failed": 1,
            "percentiles": {"50": 80.125, "90": 210, "95": 320, "99": None, "max": 799.999},
            "ranks": {"50": 50, "90": 90, "95": 95, "99": 100},
        }
    ]


def test_response_tells_each_clock(october: Verdict) -> None:
    first = verdict_json(october)["response"][0]

    assert {key: value for key, value in first.items() if key != "clocks"} == {
        "level": "first",
        "within": "4h",
        "during": "office",
        "target": "100",
        "met": 11,
        "breached": 1,
        "open": 1,
        "measured": "91.666666",
        "verdict": "breached",
    }
    assert first["clocks"] == [
        {
            "ticket": "T-1",
            "started": "2026-10-03T12:00:00Z",
            "stopped": "2026-10-03T17:00:00Z",
            "due": "2026-10-03T16:30:00Z",
            "breached": "2026-10-03T16:30:00Z",
            "elapsed": 16_200,
            "met": False,
            "within": "4h",
            "during": "office",
            "allowed": 14_400,
            "paused": 1_800,
            "pauses": [{"start": "2026-10-03T13:00:00Z", "end": "2026-10-03T13:30:00Z"}],
            "warnings": [{"at": "2026-10-03T14:30:00Z", "percent": 50}],
        },
        {
            "ticket": "T-2",
            "started": "2026-10-03T12:00:00Z",
            "stopped": None,
            "due": None,
            "breached": None,
            "elapsed": 90,
            "met": None,
            "within": "4h",
            "during": "office",
            "allowed": 14_400,
            "paused": 0,
            "pauses": [],
            "warnings": [],
        },
    ]


def test_a_credit_has_its_share_its_amount_and_how_it_came_about(october: Verdict) -> None:
    credit = verdict_json(october)["credit"]

    assert (credit["percent"], credit["amount"], credit["currency"]) == ("10", "120.00", "EUR")
    assert credit["explanation"].startswith("api: 98.999999% is below 99%: ")
    assert verdict_json(attrs.evolve(october, credit=None))["credit"] is None


def test_all_of_it_is_json(october: Verdict) -> None:
    assert json.loads(json.dumps(verdict_json(october), allow_nan=False)) == verdict_json(october)


def test_what_people_took_out_is_told_with_who_and_why(october: Verdict) -> None:
    window = Interval(october.start, october.start + 3_600_000_000)
    exclusion = Exclusion("X-7", ("api", "smtp"), window, "flood in the region", "j.doe")

    assert verdict_json(attrs.evolve(october, exclusions=(exclusion,)))["exclusions"] == [
        {
            "id": "X-7",
            "services": ["api", "smtp"],
            "start": "2026-09-30T23:00:00Z",
            "end": "2026-10-01T00:00:00Z",
            "by": "j.doe",
            "reason": "flood in the region",
        }
    ]

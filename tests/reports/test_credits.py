"""Credits in words and as JSON: a customer must be able to follow each line by hand."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from sla_engine.evaluation.credits import credit_due
from sla_engine.model.credit import CreditTerms, CreditTier, DaysStood, parse_cap, parse_grant
from sla_engine.model.money import parse_money
from sla_engine.model.percent import parse_percent
from sla_engine.model.verdict import Credit
from sla_engine.reports.credit_json import credit_json
from sla_engine.reports.credit_text import credit_text, explanation

MONEY = (("99.5%", "10%"), ("99%", "25%"))
DAYS = (("99.5%", "3d"), ("99%", "7d"))


def due(
    measured: Mapping[str, str],
    rows: Sequence[tuple[str, str]] = MONEY,
    fee: str | None = "1200 EUR",
    share: Mapping[str, str] | None = None,
    minimum: str | None = None,
    cap: str | None = None,
    combine: Any = "worst",
    **how: Any,
) -> Credit:
    terms = CreditTerms(
        combine,
        {name: parse_percent(part) for name, part in (share or {}).items()},
        parse_money(minimum) if minimum else None,
        parse_cap(cap) if cap else None,
    )
    credit = credit_due(
        [CreditTier(parse_percent(below), parse_grant(granted)) for below, granted in rows],
        terms,
        [(service, parse_percent(found).ratio) for service, found in measured.items()],
        parse_money(fee) if fee else None,
        **how,
    )
    assert credit is not None
    return credit


ONE, TWO = {"api": "99.41%"}, {"api": "98%", "web": "99.4%"}
SHARE = {"api": "60%", "web": "40%"}
BELOW = "api: 99.41% is below 99.5%: "
BOTH = "api: 98% is below 99%: 25%; web: 99.4% is below 99.5%: 10%"


@pytest.mark.parametrize(
    ("credit", "line"),
    [
        (due(ONE), f"{BELOW}10% of 1200 EUR = 120.00 EUR; minimum none; cap 100%"),
        (due(ONE, fee=None), f"{BELOW}10%; minimum none; cap 100%"),
        (due(ONE, minimum="1 EUR", cap="50%"), f"{BELOW}10% of 1200 EUR = 120.00 EUR; minimum 1 EUR; cap 50%"),
        (
            due(ONE, minimum="121 EUR"),
            f"{BELOW}10% of 1200 EUR = 120.00 EUR; less than the minimum of 121 EUR, so that nothing is given",
        ),
        (due(ONE, cap="5%"), f"{BELOW}10% of 1200 EUR = 120.00 EUR; minimum none; cap 5%, which leaves 60.00 EUR"),
        (due(ONE, fee=None, cap="5%"), f"{BELOW}10%; minimum none; cap 5%, which leaves 5%"),
        (
            due(ONE, cap="100 EUR"),
            f"{BELOW}10% of 1200 EUR = 120.00 EUR; minimum none; cap 100 EUR, which leaves 100.00 EUR",
        ),
        (
            due(ONE, stood=DaysStood(16, 31)),
            f"{BELOW}10% of 1200 EUR for 16 of 31 days = 61.94 EUR; minimum none; cap 100%",
        ),
        (due(TWO), f"{BOTH}; the most is 25% of 1200 EUR = 300.00 EUR; minimum none; cap 100%"),
        (due(TWO, combine="sum"), f"{BOTH}; together 35% of 1200 EUR = 420.00 EUR; minimum none; cap 100%"),
        (
            due(TWO, combine="sum", share=SHARE),
            "api: 98% is below 99%: 25% of its 60% = 15%; web: 99.4% is below 99.5%: 10% of its 40% = 4%; "
            "together 19% of 1200 EUR = 228.00 EUR; minimum none; cap 100%",
        ),
        (due(ONE, DAYS), f"{BELOW}3d of service; cap none"),
        (
            due(TWO, DAYS, combine="sum", cap="7d"),
            "api: 98% is below 99%: 7d of service; web: 99.4% is below 99.5%: 3d of service; together 10d of service; "
            "cap 7d, which leaves 7d of service",
        ),
        (due({"api": "99.5%"}), "no availability that was measured is below a tier"),
    ],
)
def test_a_line_says_how_it_came_to_that(credit: Credit, line: str) -> None:
    assert explanation(credit) == line


@pytest.mark.parametrize(
    ("credit", "line"),
    [
        (due(ONE), "Credit    10%, 120.00 EUR"),
        (due(ONE, is_provisional=True), "Credit    10%, 120.00 EUR, provisional"),
        (due(ONE, fee=None), "Credit    10%"),
        (due(ONE, DAYS), "Credit    3d of service"),
    ],
)
def test_what_is_given_comes_first_and_how_below_it(credit: Credit, line: str) -> None:
    assert credit_text(credit) == f"{line}\n          {explanation(credit)}"


def test_programs_get_each_service_and_the_line() -> None:
    credit = due(TWO, combine="sum", share=SHARE, is_provisional=True)

    assert credit_json(credit) == {
        "percent": "19",
        "amount": "228.00",
        "currency": "EUR",
        "days": None,
        "provisional": True,
        "by_service": [
            {"service": "api", "measured": "98", "below": "99", "percent": "15", "days": None},
            {"service": "web", "measured": "99.4", "below": "99.5", "percent": "4", "days": None},
        ],
        "explanation": explanation(credit),
    }


def test_days_are_a_number() -> None:
    found = credit_json(due(ONE, DAYS))

    assert (found["days"], found["percent"], found["amount"]) == (3, "0", None)
    assert found["by_service"][0]["days"] == 3


def test_an_amount_is_never_written_with_an_exponent() -> None:
    assert credit_json(due(ONE, fee="10000000 JPY"))["amount"] == "1000000"

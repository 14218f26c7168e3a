"""What is given back, by tiers."""

from fractions import Fraction
from typing import Any

import pytest

from sla_engine.evaluation.credits import credit_due
from sla_engine.model.contract import CreditTier
from sla_engine.model.money import parse_money
from sla_engine.model.percent import parse_percent

S3 = [
    CreditTier(parse_percent(below), parse_percent(credit))
    for below, credit in (("99.9%", "10%"), ("99%", "25%"), ("95%", "100%"))
]


@pytest.mark.parametrize(
    ("share", "amount"),
    [("99.9%", "0.00"), ("99.8999%", "100.00"), ("99%", "100.00"), ("98.5%", "250.00"), ("94.9%", "1000.00")],
)
def test_the_worst_tier_reached_applies_and_a_bound_is_not_below_itself(share: str, amount: str) -> None:
    credit = credit_due(S3, [parse_percent(share).ratio], parse_money("1000 EUR"))

    assert credit is not None
    assert str(credit.amount) == f"{amount} EUR"


def test_shares_are_compared_unrounded() -> None:
    credit = credit_due(S3, [Fraction(999, 1000) - Fraction(1, 10**12)], None)

    assert credit is not None
    assert str(credit.percent) == "10%"


def test_the_worst_service_decides_and_one_without_data_does_not() -> None:
    credit = credit_due(S3, [None, Fraction(1), Fraction(98, 100)], None)

    assert credit is not None
    assert str(credit.percent) == "25%"
    assert credit.amount is None


@pytest.mark.parametrize(
    ("fee", "amount"),
    [("0.05 EUR", "0.01 EUR"), ("33.35 EUR", "3.34 EUR"), ("1005 JPY", "101 JPY"), ("12.345 KWD", "1.235 KWD")],
)
def test_money_is_rounded_half_up_to_its_smallest_unit_once(fee: str, amount: str) -> None:
    credit = credit_due(S3, [Fraction(995, 1000)], parse_money(fee))

    assert credit is not None
    assert str(credit.amount) == amount


def test_without_tiers_nothing_is_promised_back() -> None:
    assert credit_due([], [Fraction(0)], parse_money("1 EUR")) is None


def test_the_verdict_carries_the_credit(given: Any) -> None:
    contract = given.contract(tiers=[("99%", "10%")], fee="1200")

    verdict = given.verdict(contract, given.results("d" * 87 + "u" * 8553))

    assert (str(verdict.credit.percent), str(verdict.credit.amount)) == ("10%", "120.00 EUR")
    assert verdict.is_breached

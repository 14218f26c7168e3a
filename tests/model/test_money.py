from decimal import Decimal

import pytest

from sla_engine.model.money import Money, parse_money


def test_money_is_an_exact_amount_in_a_currency_of_iso_4217() -> None:
    assert parse_money("1200.10 EUR") == Money(Decimal("1200.10"), "EUR")


@pytest.mark.parametrize(
    ("text", "rounded"),
    [("0.005 EUR", "0.01"), ("120.004 USD", "120.00"), ("120.5 JPY", "121"), ("1.0005 KWD", "1.001")],
)
def test_money_is_rounded_half_up_to_the_currencys_minor_unit(text: str, rounded: str) -> None:
    assert str(parse_money(text).rounded().amount) == rounded


@pytest.mark.parametrize("text", ["1200", "EUR 1200", "1,200 EUR", "-1 EUR", "1200 XQQ", "1200 eur", "NaN EUR"])
def test_what_is_no_sum_of_money_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="currency"):
        parse_money(text)

"""Sums of money: a decimal amount in one ISO 4217 currency."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from attrs import frozen

_MONEY = re.compile(r"(\d{1,15}(?:\.\d{1,6})?) ([A-Z]{3})", re.ASCII)


@frozen
class Money:
    """An amount in a currency, unrounded.

    Attributes:
        amount: in major units, as in ``Decimal("1200")`` for 1200 EUR.
        currency: the ISO 4217 code.
    """

    amount: Decimal
    currency: str

    def rounded(self) -> "Money":
        """The amount in whole minor units of the currency, halves up: the one rounding, done once, at the end."""
        return rounded_half_up(Fraction(self.amount), self.currency)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


def rounded_half_up(amount: Fraction, currency: str) -> Money:
    """An exact amount, which is never negative, in whole minor units of its currency, halves up."""
    from babel.numbers import get_currency_precision

    digits = get_currency_precision(currency)
    units = (amount * 10**digits + Fraction(1, 2)).__floor__()
    return Money(Decimal(units).scaleb(-digits), currency)


def withdrawn_currencies() -> Mapping[str, date]:
    """The currencies that are in use nowhere any more, as the Unicode CLDR knows them, with the last day of each."""
    from babel.core import get_global

    known = [use for uses in get_global("territory_currencies").values() for use in uses]
    present = {code for code, _, last, _ in known if last is None}
    days: dict[str, date] = {}
    for code, _, last, _ in known:
        if code not in present:
            days[code] = max(date(*last), days.get(code, date.min))
    return days


def parse_money(text: str) -> Money:
    """Read ``1200 EUR`` or ``99.50 USD``; a currency may be one that is in use no more, as contracts of old are in it.

    Raises:
        ValueError: the text is no amount with a currency code, or the code is not in ISO 4217.
    """
    found = _MONEY.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not a sum of money: write an amount and a currency code, as in 1200 EUR")
    from babel.numbers import list_currencies

    amount, currency = found.groups()
    if currency not in list_currencies():
        raise ValueError(f"{currency!r} is not a currency code of ISO 4217: write one such as EUR")
    return Money(Decimal(amount), currency)

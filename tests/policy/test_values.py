"""Money, percentages and names: what could be read in two ways, or cannot be paid, is refused (F58, F59)."""

from collections.abc import Callable

import pytest

from sla_engine.policy import Compilation
from sla_engine.policy.codes import Code

Compiled = Callable[..., Compilation]


@pytest.mark.parametrize(
    "fee",
    [
        *("1200", "1200.5", "1e3", "true"),  # no text
        *('"-5 EUR"', '"1e3 EUR"', '"1,200 EUR"', '"1200,50 EUR"', '"1 200 EUR"', '"1200EUR"', '"1200 eur"'),
        *('"EUR 1200"', '"1200 €"', '"1200"', '"1200 QQQ"', '"١٢ EUR"', '"NaN EUR"', '"1200  EUR"', '"1200 ЕUR"'),
    ],
)
def test_what_is_no_sum_of_money_is_refused(fee: str, compiled: Compiled) -> None:
    [found] = compiled(f"[sla.s]\nfee = {fee}").diagnostics

    assert (found.code, found.span.line, found.span.column) == (Code.WRONG_VALUE, 2, 7)


@pytest.mark.parametrize("fee", ["0 EUR", "1200 EUR", "1200.005 EUR", "999999999999999.99 JPY"])
def test_a_sum_of_money_is_kept_to_the_last_digit(fee: str, compiled: Compiled) -> None:
    compilation = compiled(f'[sla.s]\nfee = "{fee}"')

    assert compilation.policies is not None
    assert str(compilation.policies.contract(sla="s").fee) == fee


@pytest.mark.parametrize(
    "percent",
    [
        *("99", "0.99", "1e3", "nan", "1e999999"),  # no text
        *('"99"', '"99,9%"', '"-1%"', '"1e3%"', '"+1%"', '"٩%"', '"NaN%"', '".5%"', '"5.%"', '"1000%"', '"% 99"'),
    ],
)
def test_what_is_no_percentage_is_refused(percent: str, compiled: Compiled) -> None:
    [found] = compiled(f'[sla.s]\ncredit = [{{ below = "99%", credit = {percent} }}]').diagnostics

    assert (found.code, found.span.line, found.span.column) == (Code.WRONG_VALUE, 2, 37)


@pytest.mark.parametrize(
    ("below", "credit", "is_sound"),
    [
        ("99%", "10%", True),
        ("100%", "100%", True),
        ("0.000000000001%", "0%", True),
        ("0%", "10%", False),  # never
        ("100.000000000001%", "10%", False),  # always
        ("99%", "100.000000000001%", False),  # more than was paid
    ],
)
def test_a_credit_can_be_due_and_is_at_most_what_was_paid(
    below: str, credit: str, is_sound: bool, compiled: Compiled
) -> None:
    found = compiled(f'[sla.s]\ncredit = [{{ below = "{below}", credit = "{credit}" }}]').diagnostics

    assert [one.code for one in found] == ([] if is_sound else [Code.CREDIT_TIERS])


@pytest.mark.parametrize("key", ["name", "number", "contacts"])
@pytest.mark.parametrize("escape", ["\\n", "\\r", "\\u000b", "\\u2028", "\\u0085", "\\u0000", "\\t"])
def test_a_customers_names_are_of_one_line(key: str, escape: str, compiled: Compiled) -> None:
    text = f'"a{escape}Bcc: b@c.example"'
    written = f"[{text}]" if key == "contacts" else text

    found = compiled(f"[customer.acme]\n{key} = {written}").diagnostics

    assert [(one.code, one.span.line) for one in found] == [(Code.WRONG_VALUE, 2)]


@pytest.mark.parametrize(
    "name", ["ѕupport", "suppоrt", "café", "cafe\u0301", "Support", "a b", "", "-a", "1a", "a_b", "a.b"]
)
def test_an_id_is_plain_ascii_so_that_no_two_look_alike(name: str, compiled: Compiled) -> None:
    by_header = compiled(f'[calendar."{name}"]\ntimezone = "UTC"').diagnostics

    assert [one.code for one in by_header] == [Code.BAD_ID]


def test_a_reference_is_compared_as_it_is_written(compiled: Compiled) -> None:
    found = compiled(
        '[calendar.cafe]\ntimezone = "UTC"\n[sla.s]\nresponse.first = { within = "4h", during = "cafe\u0301" }'
    ).diagnostics

    assert [one.code for one in found] == [Code.UNKNOWN_REFERENCE]


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"])
def test_a_date_that_no_calendar_reaches_is_refused(day: str, compiled: Compiled) -> None:
    [found] = compiled(f"[customer.acme]\nsince = {day}").diagnostics

    assert (found.code, found.span.line, found.span.column) == (Code.WRONG_VALUE, 2, 9)

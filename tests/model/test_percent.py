from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.model.percent import Percent, format_percent, parse_percent


@pytest.mark.parametrize(
    ("text", "ratio"),
    [
        ("99%", Fraction(99, 100)),
        ("99.95%", Fraction(1999, 2000)),
        ("100 %", Fraction(1)),
        ("99.999999999%", Fraction(99_999_999_999, 10**11)),
    ],
)
def test_a_percentage_is_read_exactly(text: str, ratio: Fraction) -> None:
    assert parse_percent(text) == Percent(ratio)


@pytest.mark.parametrize("text", ["99", "99,5%", "-1%", "%", "1e2%", "0.99", "99.%"])
def test_what_is_no_percentage_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"as in 99\.9%"):
        parse_percent(text)


@pytest.mark.parametrize(
    ("ratio", "shown"),
    [
        (Fraction(1), "100"),
        (Fraction(0), "0"),
        (Fraction(99, 100), "99"),
        (Fraction(989_999_999_999, 10**12), "98.999999"),
        (Fraction(11, 12), "91.666666"),
        (Fraction(-1, 1000), "-0.1"),
    ],
)
def test_a_ratio_is_shown_with_six_decimals_rounded_down(ratio: Fraction, shown: str) -> None:
    assert format_percent(ratio) == shown


@given(st.fractions(0, 1))
def test_what_is_shown_is_never_more_than_what_is(ratio: Fraction) -> None:
    assert Fraction(format_percent(ratio)) <= ratio * 100

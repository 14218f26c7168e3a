import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.model.duration import BusinessDays, Duration, parse_duration, parse_within
from sla_engine.model.instant import DAY, HOUR, MILLISECOND, MINUTE, SECOND


@pytest.mark.parametrize(
    ("text", "microseconds"),
    [
        ("250ms", 250 * MILLISECOND),
        ("10s", 10 * SECOND),
        ("1h30m", 90 * MINUTE),
        ("2d", 2 * DAY),
        ("4h", 4 * HOUR),
        ("0s", 0),
        ("1m1m", 2 * MINUTE),
    ],
)
def test_a_duration_is_the_sum_of_its_parts(text: str, microseconds: int) -> None:
    assert parse_duration(text) == Duration(microseconds)


def test_business_days_are_counted_in_dates() -> None:
    assert parse_within("5bd") == BusinessDays(5)


@pytest.mark.parametrize("text", ["", "5", "h", "-1h", "1.5h", "1 h", "1h 30m", "5bd4h", "1H", "1hx", "٣h"])
def test_anything_else_is_refused_with_a_way_out(text: str) -> None:
    with pytest.raises(ValueError, match=r"as in|write one or the other"):
        parse_within(text)


def test_business_days_are_no_length_of_time() -> None:
    with pytest.raises(ValueError, match="business days"):
        parse_duration("5bd")


@given(st.integers(0, 400 * DAY // MILLISECOND))
def test_a_duration_prints_as_it_is_read(milliseconds: int) -> None:
    duration = Duration(milliseconds * MILLISECOND)

    assert parse_duration(str(duration)) == duration

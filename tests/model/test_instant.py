from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.model.instant import format_instant, parse_instant, seconds, to_datetime, to_instant

berlin = ZoneInfo("Europe/Berlin")


def test_two_instants_of_one_zone_are_apart_by_what_really_passed() -> None:
    before, after = datetime(2015, 2, 17, 12, tzinfo=berlin), datetime(2015, 5, 18, 12, tzinfo=berlin)

    assert seconds(to_instant(after) - to_instant(before)) == 2159 * 3600


def test_an_instant_is_printed_in_utc() -> None:
    assert format_instant(parse_instant("2026-11-01T00:00:00+01:00")) == "2026-10-31T23:00:00Z"
    assert format_instant(parse_instant("2026-11-01T00:00:00.5Z")) == "2026-11-01T00:00:00.500000Z"


def test_a_time_without_an_offset_names_no_instant() -> None:
    with pytest.raises(ValueError, match="no offset"):
        parse_instant("2026-11-01T00:00:00")


@given(st.datetimes(timezones=st.just(UTC)))
def test_instants_and_datetimes_are_the_same_thing(moment: datetime) -> None:
    assert to_datetime(to_instant(moment)) == moment
    assert parse_instant(format_instant(to_instant(moment))) == to_instant(moment)

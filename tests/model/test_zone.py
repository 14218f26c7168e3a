from datetime import datetime, timedelta

import pytest

from sla_engine.model.zone import parse_zone


@pytest.mark.parametrize("name", ["GMT+1", "UTC+01:00", "+01:00", "UTC+1", "GMT+0100"])
def test_a_fixed_offset_counts_east_of_greenwich_and_has_no_summer_time(name: str) -> None:
    zone = parse_zone(name)

    assert zone.is_fixed
    assert zone.tz.utcoffset(datetime(2026, 1, 1)) == zone.tz.utcoffset(datetime(2026, 7, 1)) == timedelta(hours=1)


def test_an_iana_name_has_summer_time() -> None:
    zone = parse_zone("Europe/Lisbon")

    assert not zone.is_fixed
    assert zone.tz.utcoffset(datetime(2026, 7, 1)) == timedelta(hours=1)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Etc/GMT+1", "sign inverted: it means UTC-1"),
        ("Etc/GMT-5", "sign inverted: it means UTC[+]5"),
        ("Europe/Lisbonne", "no time zone"),
        ("GMT+15", "more than 14 hours"),
        ("", "no time zone"),
        ("../etc/passwd", "no time zone"),
        ("GMT+1:99", "no time zone"),
    ],
)
def test_what_is_no_zone_or_is_misread_is_refused(name: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_zone(name)

"""How each language writes plurals, lists, times and lengths of time."""

import pytest

from sla_engine.languages import language
from sla_engine.model.instant import DAY, HOUR, MINUTE, SECOND, parse_instant
from sla_engine.model.text import LANGUAGES
from sla_engine.model.zone import parse_zone

LISBON = parse_zone("Europe/Lisbon")
EVENING = parse_instant("2026-07-05T22:00:00Z")


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("en", "5 July 2026, 23:00 (Europe/Lisbon)"),
        ("pt", "5 de julho de 2026, 23:00 (Europe/Lisbon)"),
        ("es", "5 de julio de 2026, 23:00 (Europe/Lisbon)"),
        ("fr", "5 juillet 2026, 23:00 (Europe/Lisbon)"),
        ("de", "5. Juli 2026, 23:00 (Europe/Lisbon)"),
    ],
)
def test_an_instant_is_told_in_words_on_the_clocks_of_the_zone(code: str, told: str) -> None:
    assert language(code).when(EVENING, LISBON) == told


def test_seconds_are_told_where_there_are_any() -> None:
    assert language("en").when(EVENING + 7 * SECOND, LISBON) == "5 July 2026, 23:00:07 (Europe/Lisbon)"


@pytest.mark.parametrize(
    ("lasts", "told"),
    [
        (30 * MINUTE, "5 July 2026, 23:00–23:30 (Europe/Lisbon)"),
        (2 * HOUR, "5 July 2026, 23:00 – 6 July 2026, 01:00 (Europe/Lisbon)"),
    ],
)
def test_a_stretch_of_time_has_its_date_once_where_it_is_one(lasts: int, told: str) -> None:
    assert language("en").stretch(EVENING, EVENING + lasts, LISBON) == told


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_time_in_few_characters_is_the_same_in_every_language_and_has_a_date_where_it_is_not_today(code: str) -> None:
    shown = language(code)

    assert shown.clock(EVENING, LISBON, EVENING + 30 * MINUTE) == "23:00 (Europe/Lisbon)"
    assert shown.clock(EVENING, LISBON, EVENING + DAY) == "2026-07-05 23:00 (Europe/Lisbon)"
    assert shown.clocks(EVENING, EVENING + 2 * HOUR, LISBON, EVENING) == "23:00 - 2026-07-06 01:00 (Europe/Lisbon)"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("en", "a, b and 3 more"),
        ("pt", "a, b e mais 3"),
        ("es", "a, b y otros 3"),
        ("fr", "a, b et 3 autres"),
        ("de", "a, b und 3 weitere"),
    ],
)
def test_a_long_list_names_the_first_ones_and_counts_the_rest(code: str, told: str) -> None:
    assert language(code).list(["a", "b", "c", "d", "e"], 3) == told
    assert language(code).list(["a", "b", "c"], 3).count("c") == 1


@pytest.mark.parametrize(
    ("code", "one", "many", "none"),
    [
        ("en", "1 service", "2,999 services", "0 services"),
        ("pt", "1 serviço", "2\xa0999 serviços", "0 serviços"),
        ("es", "1 servicio", "2.999 servicios", "0 servicios"),
        ("fr", "1 service", "2\u202f999 services", "0 service"),
        ("de", "1 Dienst", "2.999 Dienste", "0 Dienste"),
    ],
)
def test_a_plural_has_the_form_of_its_number(code: str, one: str, many: str, none: str) -> None:
    said = [language(code).plural("{count} service", "{count} services", count) for count in (1, 2999, 0)]

    assert said == [one, many, none]


def test_the_zone_decides_the_date() -> None:
    assert language("en").date(EVENING, parse_zone("UTC")) == "5 July 2026"
    assert language("en").date(EVENING, parse_zone("Asia/Tokyo")) == "6 July 2026"

"""What of maintenance is announced when, and to whom."""

from typing import Any

import pytest

from sla_engine.store import StoreError
from tests.databases import is_full

TOLD = ["  ops@acme.example (pt): {}, api", "  cto@acme.example (pt): {}, api"]


def told(what: str) -> list[str]:
    return [line.format(what) for line in TOLD]


def test_maintenance_is_announced_once_to_the_contacts_of_those_whom_it_touches(house: Any, upgrade: str) -> None:
    house.load(upgrade)

    assert house.at("2026-11-26T09:00:01Z") == ["planned upgrade 0: 12-05T22:00+120m", *told("planned")]
    assert house.at("2026-11-26T10:00:00Z") == []
    house.restart()
    assert house.at("2026-11-26T11:00:00Z") == []


def test_what_is_told_names_the_services_in_every_language(house: Any, upgrade: str) -> None:
    house.load(upgrade)
    house.at("2026-11-26T09:00:01Z")

    assert house.facts()[0] == {
        "maintenance": "upgrade",
        "title": {"en": "Database upgrade", "pt": "Atualização da base de dados"},
        "message": None,
        "services": [{"id": "api", "title": {"en": "API", "pt": "Interface"}}],
        "starts": 1796508000000000,
        "ends": 1796515200000000,
        "was": None,
        "sequence": 0,
    }


def test_its_course_is_told_reminder_by_reminder(house: Any, upgrade: str) -> None:
    house.load(upgrade)
    house.at("2026-11-26T09:00:01Z")

    assert house.at("2026-12-04T21:59:59Z") == []
    assert house.at("2026-12-04T22:00:00Z") == ["reminder upgrade 0: 12-05T22:00+120m", *told("reminder")]
    assert house.at("2026-12-05T21:00:00Z") == ["reminder upgrade 0: 12-05T22:00+120m", *told("reminder")]
    assert house.at("2026-12-05T22:00:00Z") == ["started upgrade 0: 12-05T22:00+120m", *told("started")]
    assert house.at("2026-12-05T23:59:59Z") == []
    assert house.at("2026-12-06T00:00:00Z") == ["ended upgrade 0: 12-05T22:00+120m", *told("ended")]
    assert house.at("2026-12-07T00:00:00Z") == []


@pytest.mark.parametrize(
    ("back", "news"),
    [
        ("2026-12-05T21:30:00Z", ["reminder upgrade 0: 12-05T22:00+120m", *told("reminder")]),  # both were missed
        ("2026-12-05T22:30:00Z", ["started upgrade 0: 12-05T22:00+120m", *told("started")]),
        ("2026-12-06T00:30:00Z", []),  # nobody was told that it began
    ],
)
def test_an_engine_that_was_away_tells_how_things_stand_and_no_more(
    back: str, news: list[str], house: Any, upgrade: str
) -> None:
    house.load(upgrade)
    house.at("2026-11-26T09:00:01Z")
    house.restart()

    assert house.at(back) == news


def test_whoever_is_told_late_is_not_reminded_at_once(house: Any, upgrade: str) -> None:
    house.load(upgrade)

    assert house.at("2026-12-05T12:00:00Z") == ["planned upgrade 0: 12-05T22:00+120m", *told("planned")]
    assert house.at("2026-12-05T21:00:00Z") == ["reminder upgrade 0: 12-05T22:00+120m", *told("reminder")]


@pytest.mark.parametrize(
    ("before", "after", "news"),
    [
        ("12-05T22:00:00Z", "12-06T22:00:00Z", "changed upgrade 1: 12-06T22:00+120m"),
        ('lasts = "2h"', 'lasts = "3h"', "changed upgrade 1: 12-05T22:00+180m"),
        ("Database upgrade", "Storage upgrade", "changed upgrade 1: 12-05T22:00+120m"),
        ('starts', 'cancelled = true\nstarts', "cancelled upgrade 1: 12-05T22:00+120m"),
        ('starts', 'draft = true\nstarts', "cancelled upgrade 1: 12-05T22:00+120m"),
    ],
)  # fmt: skip
def test_a_change_is_told_and_raises_the_sequence(before: str, after: str, news: str, house: Any, upgrade: str) -> None:
    house.load(upgrade)
    house.at("2026-11-26T09:00:01Z")

    house.load(upgrade.replace(before, after))

    assert house.at("2026-11-27T09:00:00Z") == [news, *told(news.split(maxsplit=1)[0])]
    assert house.at("2026-11-28T09:00:00Z") == []


def test_a_move_says_when_it_was_to_be_before(house: Any, upgrade: str) -> None:
    house.load(upgrade)
    house.at("2026-11-26T09:00:01Z")
    house.load(upgrade.replace("12-05T22", "12-06T22"))
    house.at("2026-11-27T09:00:00Z")

    assert house.facts()[-1]["was"] == {"starts": 1796508000000000, "ends": 1796515200000000}


def test_maintenance_that_is_taken_out_of_the_policies_is_cancelled(house: Any, upgrade: str) -> None:
    house.load(upgrade)
    house.at("2026-11-26T09:00:01Z")

    house.load()

    assert house.at("2026-11-27T09:00:00Z") == ["cancelled upgrade 1: 12-05T22:00+120m", *told("cancelled")]
    house.load(upgrade)
    assert house.at("2026-11-28T09:00:00Z") == ["planned upgrade 2: 12-05T22:00+120m", *told("planned")]


def test_maintenance_that_is_over_may_be_taken_out(house: Any, upgrade: str) -> None:
    house.load(upgrade)
    house.at("2026-11-26T09:00:01Z")
    house.at("2026-12-05T22:30:00Z")
    house.at("2026-12-06T00:00:00Z")

    house.load()

    assert house.at("2026-12-06T08:00:00Z") == []


def test_a_table_that_is_over_and_gets_a_new_date_is_another_maintenance(house: Any, upgrade: str) -> None:
    house.load(upgrade)
    house.at("2026-11-26T09:00:01Z")
    house.at("2026-12-05T22:30:00Z")
    house.at("2026-12-06T00:00:00Z")

    house.load(upgrade.replace("12-05", "12-19"))

    assert house.at("2026-12-06T08:00:00Z") == ["planned upgrade 0: 12-19T22:00+120m", *told("planned")]


def test_what_goes_on_is_not_moved_but_broken_off(house: Any, upgrade: str) -> None:
    house.load(upgrade)
    house.at("2026-11-26T09:00:01Z")
    house.at("2026-12-05T22:00:00Z")

    house.load(upgrade.replace("12-05", "12-19"))

    assert house.at("2026-12-05T23:00:00Z") == [
        "planned upgrade 0: 12-19T22:00+120m", "cancelled upgrade 1: 12-05T22:00+120m",
        *told("planned"), *told("cancelled"),
    ]  # fmt: skip


def test_a_longer_one_goes_on_even_if_that_is_said_after_its_end(house: Any, upgrade: str) -> None:
    house.load(upgrade)
    house.at("2026-11-26T09:00:01Z")
    house.at("2026-12-05T22:00:00Z")

    house.load(upgrade.replace('"2h"', '"3h"'))

    assert house.at("2026-12-06T00:10:00Z") == ["changed upgrade 1: 12-05T22:00+180m", *told("changed")]
    assert house.at("2026-12-06T01:00:00Z") == ["ended upgrade 1: 12-05T22:00+180m", *told("ended")]


def test_a_draft_is_told_to_nobody(house: Any, upgrade: str) -> None:
    house.load(f"{upgrade}draft = true\n")

    assert house.at("2026-12-05T22:30:00Z") == []
    assert house.proofs() == []


def test_nobody_is_told_before_it_is_wanted(house: Any, upgrade: str) -> None:
    house.load(f'{upgrade}announce_ahead = "3d"\n')

    assert house.at("2026-12-02T21:58:59Z") == []
    assert house.at("2026-12-02T22:00:00Z") == ["planned upgrade 0: 12-05T22:00+120m", *told("planned")]


def test_of_recurring_maintenance_each_time_is_announced_ahead(house: Any) -> None:
    weekly = '[maintenance.weekly]\nservices = ["web"]\ncron = "0 3 * * sun"\nlasts = "1h"\nannounce = ["in-app"]\n'
    house.load(weekly)

    assert house.at("2026-11-26T09:00:01Z") == ["planned weekly 0: 11-29T03:00+60m"]
    assert house.at("2026-11-29T03:00:00Z") == [
        "started weekly 0: 11-29T03:00+60m",
        "planned weekly 0: 12-06T03:00+60m",
    ]
    assert house.at("2026-11-29T04:00:00Z") == ["ended weekly 0: 11-29T03:00+60m"]
    house.load(weekly.replace("0 3", "0 4"))
    assert house.at("2026-11-30T00:00:00Z") == [
        "planned weekly 0: 12-06T04:00+60m",
        "cancelled weekly 1: 12-06T03:00+60m",
    ]


def test_a_customer_hears_of_what_is_theirs_and_nobody_else_does(house: Any, upgrade: str) -> None:
    house.load(upgrade.replace('["api"]', '["web", "acme/relay"]'))

    assert house.at("2026-11-26T09:00:01Z")[1:] == [
        "  ops@acme.example (pt): planned, web, acme/relay",
        "  cto@acme.example (pt): planned, web, acme/relay",
        "  it@bolt.example (en): planned, web",
    ]


def test_only_the_customers_that_are_named_are_told(house: Any, upgrade: str) -> None:
    house.load(upgrade.replace('["api"]', '["web"]') + 'customers = ["bolt"]\n')

    assert house.at("2026-11-26T09:00:01Z")[1:] == ["  it@bolt.example (en): planned, web"]


def test_a_notifier_with_recipients_of_its_own_tells_them_of_what_is_everybodys(house: Any, upgrade: str) -> None:
    house.load(upgrade.replace('["api"]', '["web", "acme/relay"]').replace("customers-mail", "list"))

    news = house.at("2026-11-26T09:00:01Z")
    assert "  all@lists.example (en): planned, web" in news
    house.load(upgrade.replace('["api"]', '["acme/relay"]').replace("customers-mail", "list"))
    assert not any("lists.example" in line and "relay" in line for line in house.at("2026-11-26T10:00:01Z"))


def test_whoever_becomes_a_customer_later_is_told_then_and_nobody_twice(house: Any, upgrade: str) -> None:
    house.load(upgrade)
    house.at("2026-11-26T09:00:01Z")

    house.load(upgrade, '[customer.core]\nsla = "standard"\ncontacts = ["a@core.example"]\n')

    assert house.at("2026-11-27T09:00:00Z") == ["  a@core.example (en): planned, api"]
    assert house.at("2026-11-28T09:00:00Z") == []


def test_a_service_that_is_added_is_news_only_to_those_who_have_it(house: Any, upgrade: str) -> None:
    house.load(upgrade.replace('["api"]', '["web"]'))
    house.at("2026-11-26T09:00:01Z")

    house.load(upgrade.replace('["api"]', '["web", "api"]'))

    assert house.at("2026-11-27T09:00:00Z") == [
        "changed upgrade 1: 12-05T22:00+120m",
        "  ops@acme.example (pt): changed, web, api",
        "  cto@acme.example (pt): changed, web, api",
    ]


def test_a_clock_that_is_wrong_for_a_moment_announces_nothing(house: Any, upgrade: str) -> None:
    house.load(upgrade)
    house.at("2026-11-26T09:00:01Z")

    house.clock.set_by(9.6 * 86400)  # into the middle of it
    house.announcer.look()
    house.clock.pass_by(10)
    house.announcer.look()
    house.clock.set_by(-9.6 * 86400)

    assert house.at("2026-11-26T09:30:00Z") == []
    assert house.at("2026-11-26T10:00:00Z") == []
    assert [record.what for one in house.occurrences() for record in one.records] == ["planned"]


def test_what_stands_on_record_is_never_changed(house: Any, upgrade: str) -> None:
    house.load(upgrade)
    house.at("2026-11-26T09:00:01Z")

    for statement in ("UPDATE announcements SET at = 0", "DELETE FROM announcements"):
        with pytest.raises(Exception, match="never changed"), house.store.changing() as connection:
            connection.exec_driver_sql(statement)


def test_what_is_announced_and_who_is_told_stand_together_or_not_at_all(house: Any, upgrade: str) -> None:
    house.load(upgrade)

    with is_full(house.store, "notices"):
        with pytest.raises(StoreError, match="full"):
            house.at("2026-11-26T09:00:01Z")
        assert house.occurrences() == []

    assert house.at("2026-11-26T09:00:02Z") == ["planned upgrade 0: 12-05T22:00+120m", *told("planned")]

"""What proves that maintenance was announced, for whom, and from when on."""

from typing import Any

import pytest

from sla_engine.engine.exclusions import ExclusionError
from sla_engine.engine.freezing import freeze
from sla_engine.engine.in_force import to_judge
from sla_engine.engine.maintenance.outside import AnnouncementError, announce_outside
from sla_engine.engine.standing import known_history
from sla_engine.evaluation import evaluate
from sla_engine.evaluation.why import grounds_for, why
from sla_engine.model.instant import MINUTE, parse_instant
from sla_engine.model.interval import Interval
from sla_engine.model.result import Result, State
from sla_engine.policy import take_snapshot
from sla_engine.reports.document import as_document
from sla_engine.reports.why_text import why_text
from sla_engine.store import LoadedPolicies

STRICT = '[accounting.default]\nmaintenance_notice = "24h"\n'


def test_the_banner_counts_from_when_the_announcement_is_on_record(house: Any, upgrade: str) -> None:
    house.load(upgrade)
    assert house.proofs() == ["api 12-05T22:00+120m: never"]

    house.at("2026-11-26T09:05:00Z")

    assert house.proofs() == ["api 12-05T22:00+120m: 11-26T09:05 by in-app"]


def test_a_mail_counts_from_when_it_was_sent_and_not_from_when_it_was_due(house: Any, upgrade: str) -> None:
    house.load(upgrade.replace('"customers-mail", "in-app"', '"customers-mail"'))
    house.at("2026-11-26T09:05:00Z")
    assert house.proofs(customer="acme") == ["api 12-05T22:00+120m: never"]

    house.sent("2026-11-26T09:30:00Z", to="cto@%")
    house.sent("2026-11-26T11:00:00Z", to="ops@%")

    assert house.proofs(customer="acme") == ["api 12-05T22:00+120m: 11-26T09:30 by email"]


@pytest.mark.parametrize("state", ["pending", "sending", "uncertain", "dead"])
def test_a_mail_of_which_it_is_not_known_that_it_went_out_proves_nothing(state: str, house: Any, upgrade: str) -> None:
    house.load(upgrade.replace('"customers-mail", "in-app"', '"customers-mail"'))
    house.at("2026-11-26T09:05:00Z")

    house.sent("2026-11-26T09:30:00Z", state=state)

    assert house.proofs(customer="acme") == ["api 12-05T22:00+120m: never"]


@pytest.mark.every_database
def test_each_customer_is_judged_by_what_they_were_told_and_the_sla_by_the_last_of_them(
    house: Any, upgrade: str
) -> None:
    house.load(upgrade.replace('"customers-mail", "in-app"', '"customers-mail"').replace('["api"]', '["web"]'))
    house.at("2026-11-26T09:05:00Z")

    house.sent("2026-11-26T09:30:00Z", to="%acme%")
    assert house.proofs(customer="acme") == ["web 12-05T22:00+120m: 11-26T09:30 by email"]
    assert house.proofs(customer="bolt") == ["web 12-05T22:00+120m: never"]
    assert house.proofs() == ["web 12-05T22:00+120m: never"]

    house.sent("2026-11-26T10:00:00Z", to="%bolt%")
    assert house.proofs(customer="bolt") == ["web 12-05T22:00+120m: 11-26T10:00 by email"]
    assert house.proofs() == ["web 12-05T22:00+120m: 11-26T10:00 by email"]


def test_a_moved_window_is_announced_only_by_the_announcement_of_the_new_one(house: Any, upgrade: str) -> None:
    house.load(upgrade)
    house.at("2026-11-26T09:05:00Z")
    house.load(upgrade.replace("12-05T22", "12-06T22"))
    house.at("2026-12-01T10:00:00Z")
    assert house.proofs() == ["api 12-06T22:00+120m: 12-01T10:00 by in-app"]

    house.load(upgrade)
    house.at("2026-12-02T10:00:00Z")

    assert house.proofs() == ["api 12-05T22:00+120m: 12-02T10:00 by in-app"]  # back, and announced anew


def test_a_policy_cannot_say_that_a_move_was_announced_before_it_was_made(house: Any, upgrade: str) -> None:
    said = 'announced = { at = 2026-11-20T09:00:00Z, by = "post" }\n'
    house.load(upgrade, said)
    house.at("2026-11-26T09:05:00Z")
    assert house.proofs() == ["api 12-05T22:00+120m: 11-20T09:00 by post"]

    house.load(upgrade.replace("12-05T22", "12-06T22"), said)
    house.at("2026-12-01T10:00:00Z")

    assert house.proofs() == ["api 12-06T22:00+120m: 12-01T10:00 by in-app"]


def test_what_makes_it_longer_is_announced_by_that_change(house: Any, upgrade: str) -> None:
    house.load(upgrade)
    house.at("2026-11-26T09:05:00Z")
    house.at("2026-12-05T22:00:00Z")

    house.load(upgrade.replace('"2h"', '"3h"'))
    house.at("2026-12-05T23:30:00Z")

    assert house.proofs() == [
        "api 12-05T22:00+120m: 11-26T09:05 by in-app",
        "api 12-06T00:00+60m: 12-05T23:30 by in-app",
    ]


def test_what_was_shorter_for_a_while_is_announced_again(house: Any, upgrade: str) -> None:
    house.load(upgrade)
    house.at("2026-11-26T09:05:00Z")
    house.load(upgrade.replace('"2h"', '"1h"'))
    house.at("2026-11-27T09:00:00Z")
    house.load(upgrade)
    house.at("2026-11-28T09:00:00Z")

    assert house.proofs() == [
        "api 12-05T22:00+60m: 11-26T09:05 by in-app",
        "api 12-05T23:00+60m: 11-28T09:00 by in-app",
    ]


def test_a_service_that_is_added_is_announced_from_then_on(house: Any, upgrade: str) -> None:
    house.load(upgrade)
    house.at("2026-11-26T09:05:00Z")
    house.load(upgrade.replace('["api"]', '["api", "web"]'))
    house.at("2026-11-27T09:00:00Z")

    assert house.proofs() == [
        "api 12-05T22:00+120m: 11-26T09:05 by in-app",
        "web 12-05T22:00+120m: 11-27T09:00 by in-app",
    ]


def test_other_words_are_no_other_window(house: Any, upgrade: str) -> None:
    house.load(upgrade)
    house.at("2026-11-26T09:05:00Z")
    house.load(upgrade.replace("Database", "Storage"))
    house.at("2026-11-27T09:00:00Z")

    assert house.proofs() == ["api 12-05T22:00+120m: 11-26T09:05 by in-app"]


def test_what_is_broken_off_took_place_until_then(house: Any, upgrade: str) -> None:
    house.load(upgrade)
    house.at("2026-11-26T09:05:00Z")
    house.at("2026-12-05T22:00:00Z")

    house.load(f"{upgrade}cancelled = true\n")
    house.at("2026-12-05T22:45:00Z")

    assert house.proofs() == ["api 12-05T22:00+45m: 11-26T09:05 by in-app"]


def test_what_was_cancelled_before_takes_nothing_out(house: Any, upgrade: str) -> None:
    house.load(upgrade)
    house.at("2026-11-26T09:05:00Z")
    house.load(f"{upgrade}cancelled = true\n")
    house.at("2026-11-27T09:05:00Z")

    assert house.proofs() == []


def test_what_took_place_stays_on_record_when_its_table_is_taken_out(house: Any, upgrade: str) -> None:
    house.load(upgrade)
    house.at("2026-11-26T09:05:00Z")
    house.at("2026-12-05T22:00:00Z")
    house.at("2026-12-06T00:00:00Z")

    house.load()
    house.at("2026-12-07T09:00:00Z")

    assert house.proofs() == ["api 12-05T22:00+120m: 11-26T09:05 by in-app"]


def test_the_banner_proves_nothing_for_what_it_does_not_show(house: Any, upgrade: str) -> None:
    house.load(upgrade.replace('["api"]', '["api", "acme/relay"]').replace('"customers-mail", ', ""))
    house.at("2026-11-26T09:05:00Z")

    assert house.proofs(customer="acme") == [
        "acme/relay 12-05T22:00+120m: never",
        "api 12-05T22:00+120m: 11-26T09:05 by in-app",
    ]


def test_where_only_some_channels_count_the_first_of_those_is_taken(house: Any, upgrade: str) -> None:
    house.load(upgrade, '[accounting.default]\nmaintenance_channels = ["email"]\n')
    house.at("2026-11-26T09:05:00Z")
    assert house.proofs(customer="acme") == ["api 12-05T22:00+120m: 11-26T09:05 by in-app"]  # which is refused

    house.sent("2026-11-27T09:00:00Z")

    assert house.proofs(customer="acme") == ["api 12-05T22:00+120m: 11-27T09:00 by email"]


def outside(house: Any, at: str = "2026-11-28T09:00:00Z", **changes: Any) -> None:
    window = Interval(parse_instant("2026-12-05T22:00:00Z"), parse_instant("2026-12-06T00:00:00Z"))
    given = {"at": parse_instant(at), "channel": "post", "who": "ana", "reason": "letter 7", "now": house.clock.now()}
    announce_outside(house.policies, house.store, "upgrade", window, **{**given, **changes})


def test_what_a_person_announced_elsewhere_counts_from_then(house: Any, upgrade: str) -> None:
    house.load(upgrade.replace('announce = ["customers-mail", "in-app"]\nreminders = ["24h", "1h"]\n', ""))
    house.at("2026-11-29T09:00:00Z")
    outside(house)

    assert house.proofs() == ["api 12-05T22:00+120m: 11-28T09:00 by post"]
    assert [act.who for act in house.store.acts()] == ["ana"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"at": "2027-01-01T00:00:00Z"}, "has not come yet"),
        ({"who": " "}, "say who enters this"),
        ({"channel": ""}, "by which channel"),
    ],
)
def test_what_cannot_be_is_not_entered(changes: dict[str, Any], says: str, house: Any, upgrade: str) -> None:
    house.load(upgrade)
    house.at("2026-11-29T09:00:00Z")

    with pytest.raises(AnnouncementError, match=says):
        outside(house, **changes)


def test_a_window_that_is_not_planned_cannot_be_announced(house: Any, upgrade: str) -> None:
    house.load(upgrade.replace("12-05T22", "12-06T22"))

    with pytest.raises(AnnouncementError, match="'upgrade' does not take place from 2026-12-05T22:00:00Z"):
        outside(house)


def judged(house: Any, down: range, customer: str | None = None) -> tuple[int, int]:
    """Minutes down and minutes excluded of December, where the API is down for some minutes from 5 December 22:00."""
    start = parse_instant("2026-12-05T22:00:00Z")
    for minute in range(-10, 300):
        state = State.DOWN if minute in down else State.UP
        house.store.writer.put(Result("api/health", start + minute * MINUTE, state, MINUTE, reason="status 503"))
    assert house.store.writer.flush(20)
    now = parse_instant("2027-01-02T00:00:00Z")
    case = to_judge(
        house.policies, house.store, "2026-12", now, sla=None if customer else "standard", customer=customer
    )
    history = known_history(house.policies, house.store, case.contract, case.period)
    [api] = [
        one for one in evaluate(case.contract, history, case.period, now).availability if one.objective.service == "api"
    ]
    return api.kinds.down // MINUTE, api.kinds.excluded // MINUTE


def test_the_reason_of_an_instant_says_when_and_how_it_was_announced(house: Any, upgrade: str) -> None:
    house.load(upgrade, STRICT)
    house.at("2026-11-26T09:05:00Z")
    judged(house, range(120))
    now = parse_instant("2027-01-02T00:00:00Z")
    case = to_judge(house.policies, house.store, "2026-12", now, sla="standard", customer=None)
    grounds = grounds_for(case.contract, house.policies.services["api"])
    history = known_history(house.policies, house.store, grounds.contract, case.period)

    told = why(grounds, history, parse_instant("2026-12-05T22:30:00Z"), case.period, now)

    assert (told.kind, told.rule) == ("excluded", "maintenance")
    assert "to 2026-12-06 00:00:00, announced 2026-11-26 09:05:00 by in-app; valid" in why_text(told, "standard")


def test_an_overrun_counts(house: Any, upgrade: str) -> None:
    house.load(upgrade, STRICT)
    house.at("2026-11-26T09:05:00Z")

    assert judged(house, range(150)) == (30, 120)


@pytest.mark.parametrize(
    ("announced", "minutes"),
    [
        ("2026-12-04T22:00:00Z", (0, 120)),  # to the second
        ("2026-12-04T22:00:01Z", (120, 0)),  # a second too late
    ],
)
def test_the_notice_rule_goes_by_the_engines_own_record(
    announced: str, minutes: tuple[int, int], house: Any, upgrade: str
) -> None:
    house.load(upgrade, STRICT)
    house.at(announced)

    assert judged(house, range(120)) == minutes


def test_a_longer_window_that_is_announced_as_it_goes_on_counts_beyond_its_first_end(house: Any, upgrade: str) -> None:
    house.load(upgrade, STRICT)
    house.at("2026-11-26T09:05:00Z")
    house.at("2026-12-05T22:00:00Z")
    house.load(upgrade.replace('"2h"', '"3h"'), STRICT)
    house.at("2026-12-05T23:30:00Z")

    assert judged(house, range(180)) == (60, 120)


def test_of_two_customers_the_one_who_was_not_told_in_time_has_downtime(house: Any, upgrade: str) -> None:
    core = '[customer.core]\nsla = "standard"\ncontacts = ["a@core.example"]\n'
    house.load(upgrade.replace('"customers-mail", "in-app"', '"customers-mail"'), STRICT, core)
    house.at("2026-11-26T09:05:00Z")
    house.sent("2026-11-26T09:06:00Z", to="%acme%")
    house.sent("2026-12-05T12:00:00Z", to="%core%")

    assert judged(house, range(60), "acme") == (0, 120)
    assert judged(house, range(60), "core") == (60, 0)
    assert judged(house, range(60)) == (60, 0)


def test_an_announcement_of_a_frozen_month_is_a_correction(house: Any, upgrade: str) -> None:
    house.load(upgrade, STRICT)
    loaded = LoadedPolicies(parse_instant("2026-11-01T00:00:00Z"), house.policies.hash, take_snapshot(house.policies))
    house.store.writer.keep_policies(loaded)
    judged(house, range(120))
    house.at("2027-01-02T00:00:00Z")
    now = house.clock.now()
    case = to_judge(house.policies, house.store, "2026-12", now, sla="standard", customer=None)
    freeze(case, house.store, as_document, who="ana", now=now)

    with pytest.raises(ExclusionError, match="add --correction"):
        outside(house)
    outside(house, is_correction=True)

    assert house.proofs() == ["api 12-05T22:00+120m: 11-28T09:00 by post"]

"""How fast a budget burns over a window, and when an alert fires by it."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from sla_engine.evaluation.burn import burn_alert, burn_over, burn_so_far
from sla_engine.model.accounting import Accounting
from sla_engine.model.burn import BurnRule
from sla_engine.model.duration import parse_duration
from sla_engine.model.instant import DAY, HOUR, MINUTE, SECOND
from sla_engine.model.percent import parse_percent
from sla_engine.model.period import CalendarPeriod, RollingPeriod


def rule(share: str = "2%", long: str = "1h", short: str = "5m") -> BurnRule:
    return BurnRule(parse_percent(share), parse_duration(long), parse_duration(short))


# September 2026 has the 30 days of the SRE workbook's table (chapter 5, "Recommended parameters").
WORKBOOK = [
    ("2%", "1h", "5m", Fraction(144, 10)),
    ("5%", "6h", "30m", Fraction(6)),
    ("10%", "1d", "2h", Fraction(3)),
    ("10%", "3d", "6h", Fraction(1)),
]


@pytest.mark.parametrize(("share", "long", "short", "factor"), WORKBOOK)
def test_the_factors_of_thirty_days_are_those_of_the_workbook(
    given: Any, share: str, long: str, short: str, factor: Fraction
) -> None:
    watch = given.watch(given.contract(), given.results("u" * 8_640), now="09-30T00:00")

    assert burn_alert(watch, rule(share, long, short)).factor == factor


@pytest.mark.parametrize(
    ("zone", "now", "hours"),
    [
        ("UTC", "02-20T00:00", 672),
        ("Europe/Lisbon", "03-20T00:00", 743),
        ("Europe/Lisbon", "10-20T00:00", 745),
        ("UTC", "10-20T00:00", 744),
    ],
)
def test_factors_come_from_the_periods_real_length(given: Any, zone: str, now: str, hours: int) -> None:
    watch = given.watch(given.contract(zone=zone), now=now)

    assert burn_alert(watch, rule("2%", "1h", "5m")).factor == Fraction(2 * hours, 100)


@pytest.mark.parametrize(("share", "long", "short", "minutes"), [
    ("2%", "1h", "5m", Fraction(864, 100)),
    ("5%", "6h", "30m", Fraction(216, 10)),
    ("10%", "1d", "2h", Fraction(432, 10)),
    ("10%", "3d", "6h", Fraction(432, 10)),
])  # fmt: skip
def test_an_outage_fires_an_alert_exactly_when_it_used_up_the_share(
    given: Any, share: str, long: str, short: str, minutes: Fraction
) -> None:
    results = given.results("u" * 14_400 + "d" * 60, every="1m")
    fires_at = given.at("09-11T00:00") + int(minutes * MINUTE)

    before = burn_alert(given.watch(given.contract(), results, now=fires_at - 1), rule(share, long, short))
    then = burn_alert(given.watch(given.contract(), results, now=fires_at), rule(share, long, short))

    assert (before.fires, then.fires) == (False, True)
    assert then.long.rate == then.factor
    assert then.long.spent == parse_percent(share).ratio * 432 * MINUTE


def test_an_alert_ends_with_its_short_window_long_before_the_long_one(given: Any) -> None:
    results = given.results("u" * 14_400 + "d" * 20 + "u" * 60, every="1m")
    ended = given.at("09-11T00:20")

    after = {minutes: burn_alert(given.watch(given.contract(), results, now=ended + minutes * MINUTE), rule())
             for minutes in (4, 5)}  # fmt: skip

    assert {minutes: alert.fires for minutes, alert in after.items()} == {4: True, 5: False}
    assert after[5].long.rate == Fraction(20 * 100, 60)
    assert after[5].short.rate == 0


def test_burn_is_the_bad_share_over_what_the_target_allows(given: Any) -> None:
    # Half of twelve hours are bad at a target of 90 %: five times too fast.
    contract = given.contract("90%")
    watch = given.watch(contract, given.results("ud" * 360, every="1m"), now="09-01T12:00")

    burn = burn_so_far(watch)

    assert (burn.bad, burn.rate) == (Fraction(1, 2), 5)
    assert (burn.allowance, burn.spent) == (72 * MINUTE, 360 * MINUTE)


def test_windows_reach_back_over_the_beginning_of_a_period(given: Any) -> None:
    results = given.results("u" * 600 + "d" * 40, every="1m", since="08-31T13:30")

    watch = given.watch(given.contract(), results, now="09-01T00:10")

    assert watch.period.start == given.at("09-01T00:00")
    assert burn_over(watch, HOUR).spent == 40 * MINUTE
    assert burn_so_far(watch).spent == 10 * MINUTE
    assert burn_alert(watch, rule()).fires


class TestAgreedTime:
    """Where only office hours are agreed: Monday to Friday, 08:00 to 17:00; September 2026 has 22 such days."""

    @pytest.fixture
    def contract(self, given: Any) -> Any:
        return given.contract(during="office", calendars={"office": given.calendar("08:00-17:00")})

    def test_outside_of_it_nothing_burns_and_nothing_fires(self, given: Any, contract: Any) -> None:
        results = given.results("d" * 720, since="09-04T17:00")

        watch = given.watch(contract, results, now="09-06T12:00")
        alert = burn_alert(watch, rule())

        assert (alert.long.rate, alert.long.spent, alert.long.allowance) == (None, 0, 0)
        assert (alert.factor, alert.fires) == (None, False)

    def test_a_window_is_cut_to_it(self, given: Any, contract: Any) -> None:
        results = given.results("u" * 60 + "d" * 120, every="1m", since="09-07T07:30")

        burn = burn_over(given.watch(contract, results, now="09-07T09:00"), 6 * HOUR)

        assert burn.allowance == Fraction(60 * MINUTE, 100)
        assert (burn.spent, burn.bad) == (30 * MINUTE, Fraction(1, 2))

    def test_a_share_of_the_budget_is_that_share_however_little_of_the_window_is_agreed(
        self, given: Any, contract: Any
    ) -> None:
        # The budget is 1 % of 198 hours, and 2 % of it are 142.56 seconds of downtime.
        results = given.results("d" * 60, every="1m", since="09-07T08:00")
        fires_at = given.at("09-07T08:00") + 142_560_000

        before = burn_alert(given.watch(contract, results, now=fires_at - 1), rule())
        then = burn_alert(given.watch(contract, results, now=fires_at), rule())

        assert (before.fires, then.fires) == (False, True)

    def test_an_hour_of_it_has_the_factor_of_the_agreed_time(self, given: Any, contract: Any) -> None:
        watch = given.watch(contract, given.results("u" * 200, since="09-07T00:00"), now="09-07T12:00")

        assert burn_alert(watch, rule()).factor == Fraction(2 * 198, 100)


@pytest.mark.parametrize(("unknown", "rate"), [
    ("exclude", Fraction(100 * 10, 20)),
    ("up", Fraction(100 * 10, 60)),
    ("down", Fraction(100 * 50, 60)),
])  # fmt: skip
def test_unknown_time_is_what_the_profile_makes_of_it(given: Any, unknown: Any, rate: Fraction) -> None:
    contract = given.contract(accounting=Accounting(unknown=unknown))
    results = given.results("u" * 10 + "d" * 10 + "e" * 40, every="1m", since="09-10T00:00")

    assert burn_over(given.watch(contract, results, now="09-10T01:00"), HOUR).rate == rate


@pytest.mark.parametrize("unknown", ["exclude", "up", "down"])
class TestWhatIsNotKnown:
    """An alert says that so much of the budget is gone: whatever the profile makes of it, unknown time is no reason."""

    def test_of_a_window_without_any_data_there_is_no_burn_and_no_alert(self, given: Any, unknown: Any) -> None:
        contract = given.contract(accounting=Accounting(unknown=unknown))
        watch = given.watch(contract, given.results("d" * 60, every="1m", since="09-09T00:00"), now="09-10T01:00")

        alert = burn_alert(watch, rule())

        assert (alert.long.rate, alert.long.bad, alert.long.least_rate, alert.fires) == (None, None, 0, False)

    def test_a_first_start_alerts_nobody_by_the_little_it_has_seen(self, given: Any, unknown: Any) -> None:
        # 20 s of results, of which 10 s are down: half of what is known, and 10 s of the 36 s that an hour may be down.
        contract = given.contract(accounting=Accounting(unknown=unknown))
        watch = given.watch(contract, given.results("ud", every="10s", since="09-10T00:00:00"), now="09-10T00:00:20")

        alert = burn_alert(watch, rule())

        assert (alert.long.rate, alert.long.least_rate) == (50, Fraction(10, 36))
        assert (alert.short.least_rate, alert.fires) == (Fraction(10, 3), False)

    @pytest.mark.parametrize("seconds", [518, 519])
    def test_it_alerts_as_soon_as_the_share_is_gone(self, given: Any, unknown: Any, seconds: int) -> None:
        # 2 % of 432 minutes are 518.4 s, all of them since the first start.
        contract = given.contract(accounting=Accounting(unknown=unknown))
        results = given.results("d" * 60, every="10s", since="09-10T00:00:00")

        alert = burn_alert(given.watch(contract, results, now=given.at("09-10T00:00") + seconds * SECOND), rule())

        assert alert.fires == (seconds > 518)

    def test_after_the_engine_was_away_what_was_seen_before_still_counts(self, given: Any, unknown: Any) -> None:
        # Ten minutes down, half an hour of nothing, and it goes on: 43.2 s of the short window are its factor.
        contract = given.contract(accounting=Accounting(unknown=unknown))
        before = given.results("d" * 10, every="1m", since="09-10T00:00")
        after = given.results("d" * 9, every="10s", since="09-10T00:40")
        back = given.at("09-10T00:40")

        fires = {
            seconds: burn_alert(given.watch(contract, [*before, *after], now=back + seconds * SECOND), rule()).fires
            for seconds in (0, 43, 44)
        }

        assert fires == {0: False, 43: False, 44: True}


@pytest.mark.parametrize(("measure", "spent"), [("checks", 10), ("slots", 150)])
def test_a_few_checks_speak_for_no_more_than_their_own_time(given: Any, measure: Any, spent: int) -> None:
    """One of the first two checks fails: ten seconds, or where slots are measured half of one of the twelve."""
    contract = given.contract(accounting=Accounting(measure=measure, unknown="up"))

    watch = given.watch(contract, given.results("ud", every="10s", since="09-10T00:00:00"), now="09-10T00:00:20")

    assert burn_alert(watch, rule()).long.spent == spent * SECOND


def test_a_period_without_a_budget_has_nothing_that_an_alert_could_be_about(given: Any) -> None:
    # A week in which the office is closed, and a Sunday before it that all was well on.
    contract = given.contract(
        during="office", period=CalendarPeriod("week"), until=date(2026, 9, 14),
        calendars={"office": given.calendar("00:00-24:00", days=7)},
    )  # fmt: skip
    watch = given.watch(contract, given.results("u" * 300, since="09-13T00:00"), now="09-14T00:10")

    alert = burn_alert(watch, rule())

    assert (watch.budget, alert.long.least_rate, alert.factor, alert.fires) == (0, 0, None, False)


@pytest.mark.parametrize(
    ("maintenance", "allowance", "spent"), [("exclude", 30, 0), ("credit", 60, 0), ("count", 60, 30)]
)
def test_in_maintenance_nothing_burns_unless_it_counts(
    given: Any, maintenance: Any, allowance: int, spent: int
) -> None:
    contract = given.contract(accounting=Accounting(maintenance=maintenance))
    results = given.results("d" * 30 + "u" * 60, every="1m", since="09-10T00:00")
    works = [given.maintenance("09-10T00:00", "09-10T00:30")]

    burn = burn_over(given.watch(contract, results, now="09-10T01:00", maintenance=works), HOUR)

    assert (burn.allowance, burn.spent) == (Fraction(allowance * MINUTE, 100), spent * MINUTE)


def test_each_period_has_its_own_cap_of_maintenance(given: Any) -> None:
    contract = given.contract(accounting=Accounting(maintenance_cap=parse_duration("1h")))
    results = given.results("d" * 240, every="1m", since="08-31T22:00")
    works = [given.maintenance("08-31T22:00", "09-01T02:00", announced="08-01T00:00")]

    burn = burn_over(given.watch(contract, results, now="09-01T02:00", maintenance=works), 4 * HOUR)

    # Of August's two hours the first is excluded, and of September's too.
    assert burn.spent == 120 * MINUTE


def test_what_people_took_out_does_not_burn(given: Any) -> None:
    results = given.results("d" * 60, every="1m", since="09-10T00:00")
    taken_out = [given.exclusion("09-10T00:00", "09-10T01:00")]

    alert = burn_alert(given.watch(given.contract(), results, now="09-10T01:00", exclusions=taken_out), rule())

    assert (alert.long.allowance, alert.fires) == (0, False)


def test_an_outage_that_is_too_short_to_count_does_not_burn_until_it_is_not(given: Any) -> None:
    contract = given.contract(accounting=Accounting(min_outage=parse_duration("10m")))
    results = given.results("u" * 50 + "d" * 20, every="1m", since="09-10T00:00")

    spent = {
        minutes: burn_over(given.watch(contract, results, now=given.at("09-10T00:50") + minutes * MINUTE), HOUR).spent
        for minutes in (9, 10)
    }

    assert spent == {9: 0, 10: 10 * MINUTE}


def test_where_checks_are_measured_checks_burn(given: Any) -> None:
    contract = given.contract(accounting=Accounting(measure="checks"))
    results = given.results("uuud" * 3, since="09-10T00:00")

    assert burn_over(given.watch(contract, results, now="09-10T01:00"), HOUR).rate == 25


def test_a_target_of_100_percent_has_no_burn_rate_and_its_alert_never_fires(given: Any) -> None:
    results = given.results("d" * 60, every="1m", since="09-10T00:00")

    alert = burn_alert(given.watch(given.contract("100%"), results, now="09-10T01:00"), rule())

    assert (alert.long.rate, alert.long.bad, alert.factor, alert.fires) == (None, 1, None, False)


@pytest.mark.parametrize("period", [CalendarPeriod("week"), RollingPeriod(parse_duration("2d"))])
def test_a_window_that_is_longer_than_a_period_counts_all_of_it(given: Any, period: Any) -> None:
    results = given.results("d" * 60 + "u" * (29 * 24 * 60), every="1m", since="09-01T00:00")

    watch = given.watch(given.contract(period=period), results, now="09-15T12:00")

    assert burn_over(watch, 20 * DAY).spent == 60 * MINUTE


def test_the_time_before_the_contract_stands_does_not_burn(given: Any) -> None:
    contract = given.contract(since=date(2026, 9, 10))
    results = given.results("d" * 120, every="1m", since="09-09T23:00")

    burn = burn_over(given.watch(contract, results, now="09-10T00:30"), HOUR)

    assert (burn.spent, burn.allowance) == (30 * MINUTE, Fraction(30 * MINUTE, 100))

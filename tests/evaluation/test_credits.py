"""What is given back: tiers, then the minimum, then the cap, and one rounding at the end."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from sla_engine.evaluation.credits import credit_due
from sla_engine.model.contract import AvailabilityObjective
from sla_engine.model.credit import CreditTerms, CreditTier, DaysStood, parse_cap, parse_grant
from sla_engine.model.money import parse_money
from sla_engine.model.percent import parse_percent
from sla_engine.model.verdict import Credit

Tier = tuple[str, str] | tuple[str, str, tuple[str, ...]]

S3: Sequence[Tier] = (("99.9%", "10%"), ("99%", "25%"), ("95%", "100%"))
WORKSPACE: Sequence[Tier] = (("99.9%", "3d"), ("99%", "7d"), ("95%", "15d"))


def tiers(rows: Sequence[Tier]) -> list[CreditTier]:
    return [CreditTier(parse_percent(below), parse_grant(credit), *about) for below, credit, *about in rows]


def terms(share: Mapping[str, str] | None = None, minimum: str = "", cap: str = "", **how: Any) -> CreditTerms:
    return CreditTerms(
        share={service: parse_percent(part) for service, part in (share or {}).items()},
        minimum=parse_money(minimum) if minimum else None,
        cap=parse_cap(cap) if cap else None,
        **how,
    )


def due(
    rows: Sequence[Tier], measured: Mapping[str, str | None] | str, fee: str | None = "1000 EUR", **how: Any
) -> Credit:
    """The credit of services with these availabilities, or of one service."""
    shares = {"api": measured} if isinstance(measured, str) else measured
    given = {name: how.pop(name) for name in ("stood", "is_provisional") if name in how}
    credit = credit_due(
        tiers(rows),
        terms(**how),
        [(service, None if share is None else parse_percent(share).ratio) for service, share in shares.items()],
        None if fee is None else parse_money(fee),
        **given,
    )
    assert credit is not None
    return credit


@pytest.mark.parametrize(
    ("share", "amount"),
    [("99.9%", "0.00"), ("99.8999%", "100.00"), ("99%", "100.00"), ("98.5%", "250.00"), ("94.9%", "1000.00")],
)
def test_the_worst_tier_reached_applies_and_a_bound_is_not_below_itself(share: str, amount: str) -> None:
    assert str(due(S3, share).amount) == f"{amount} EUR"


def test_shares_are_compared_unrounded() -> None:
    share = Fraction(999, 1000) - Fraction(1, 10**12)

    credit = credit_due(tiers(S3), CreditTerms(), [("api", share)], None)

    assert credit is not None
    assert str(credit.percent) == "10%"


def test_the_worst_service_decides_and_one_without_data_does_not() -> None:
    credit = due(S3, {"api": None, "web": "100%", "mail": "98%"}, fee=None)

    assert str(credit.percent) == "25%"
    assert credit.amount is None
    assert [(one.service, str(one.tier.below)) for one in credit.by_service] == [("mail", "99%")]


def test_where_nothing_is_known_nothing_is_given() -> None:
    credit = due(S3, {"api": None})

    assert (str(credit.amount), credit.by_service) == ("0.00 EUR", ())


@pytest.mark.parametrize(
    ("fee", "amount"),
    [("0.05 EUR", "0.01 EUR"), ("33.35 EUR", "3.34 EUR"), ("1005 JPY", "101 JPY"), ("12.345 KWD", "1.235 KWD")],
)
def test_money_is_rounded_half_up_to_its_smallest_unit_once(fee: str, amount: str) -> None:
    assert str(due(S3, "99.5%", fee).amount) == amount


def test_what_is_a_hair_below_half_a_cent_is_not_rounded_twice() -> None:
    nearly_half = Fraction(5, 1000) - Fraction(1, 10**40)
    stood = DaysStood(nearly_half.numerator, nearly_half.denominator)

    assert str(due([("99%", "100%")], "0%", "1 EUR", stood=stood).amount) == "0.00 EUR"


def test_services_have_tiers_of_their_own() -> None:
    rows: Sequence[Tier] = (("99.9%", "10%", ("api",)), ("99%", "20%", ("web",)), ("95%", "100%"))

    assert str(due(rows, {"api": "99.5%", "web": "99.5%"}).percent) == "10%"
    assert str(due(rows, {"api": "99.9%", "web": "98%"}).percent) == "20%"
    assert str(due(rows, {"api": "99.9%", "web": "94%"}).percent) == "100%"


def test_credits_of_services_are_added_where_the_contract_adds_them() -> None:
    down = {"api": "99.5%", "web": "98%"}

    assert str(due(S3, down).amount) == "250.00 EUR"
    assert str(due(S3, down, combine="sum").amount) == "350.00 EUR"


def test_a_credit_is_of_the_services_own_share_of_the_fee_where_it_has_one() -> None:
    share = {"api": "60%", "web": "40%"}

    assert str(due(S3, {"api": "99.5%", "web": "98%"}, share=share, combine="sum").amount) == "160.00 EUR"
    # 25 % of two fifths are as much as a whole tenth, and more than a tenth of three fifths.
    assert str(due(S3, {"api": "99.5%", "web": "98%"}, share=share).amount) == "100.00 EUR"


def test_a_service_without_a_share_gives_nothing_back() -> None:
    assert str(due(S3, "90%", share={"web": "100%"}).amount) == "0.00 EUR"


@pytest.mark.parametrize(("fee", "amount"), [("9.99 USD", "0.00 USD"), ("10 USD", "1.00 USD"), ("11 USD", "1.10 USD")])
def test_a_credit_below_the_minimum_is_not_given(fee: str, amount: str) -> None:
    assert str(due(S3, "99.5%", fee, minimum="1 USD").amount) == amount


@pytest.mark.parametrize(
    ("cap", "amount", "percent"),
    [("", "1000.00", "100%"), ("50%", "500.00", "50%"), ("120 EUR", "120.00", "12%"), ("2000 EUR", "1000.00", "100%")],
)
def test_no_more_is_given_than_the_cap_and_never_more_than_the_fee(cap: str, amount: str, percent: str) -> None:
    credit = due(S3, {"api": "94%", "web": "94%"}, combine="sum", cap=cap)

    assert (str(credit.amount), str(credit.percent)) == (f"{amount} EUR", percent)
    assert str(credit.reached) == "200%"


def test_the_minimum_comes_before_the_cap() -> None:
    assert str(due(S3, "99.5%", minimum="100 EUR", cap="5%").amount) == "50.00 EUR"


def test_without_a_fee_sums_of_money_decide_nothing_and_shares_do() -> None:
    assert str(due(S3, "98%", None, minimum="1000 EUR", cap="1 EUR").percent) == "25%"
    assert str(due(S3, "98%", None, cap="5%").percent) == "5%"


@pytest.mark.parametrize(("share", "days"), [("99.9%", 0), ("99.89%", 3), ("98%", 7), ("90%", 15)])
def test_days_of_service_are_given_instead_of_money(share: str, days: int) -> None:
    credit = due(WORKSPACE, share)

    assert credit.days is not None
    assert (credit.days.count, credit.amount, str(credit.percent)) == (days, None, "0%")


@pytest.mark.parametrize(("how", "days"), [({}, 15), ({"combine": "sum"}, 22), ({"combine": "sum", "cap": "15d"}, 15)])
def test_days_are_combined_and_capped_as_money_is(how: Mapping[str, str], days: int) -> None:
    credit = due(WORKSPACE, {"api": "98%", "web": "90%"}, **how)

    assert credit.days is not None
    assert credit.days.count == days


def test_without_tiers_nothing_is_promised_back() -> None:
    assert credit_due([], CreditTerms(), [("api", Fraction(0))], parse_money("1 EUR")) is None


TIERS = st.lists(st.integers(1, 100), min_size=1, max_size=4, unique=True).map(
    lambda bounds: [
        CreditTier(parse_percent(f"{below}%"), parse_grant(f"{25 * (rank + 1)}%"))
        for rank, below in enumerate(sorted(bounds, reverse=True))
    ]
)
SHARES = st.lists(st.fractions(0, 1, max_denominator=1000), min_size=1, max_size=4)


@drawn(TIERS, SHARES, st.sampled_from(["worst", "sum"]), st.data())
def test_better_availability_never_gives_more_back(
    rows: list[Any], shares: list[Fraction], how: Any, data: Any
) -> None:
    place = data.draw(st.integers(0, len(shares) - 1))
    better = list(shares)
    better[place] = data.draw(st.fractions(shares[place], 1, max_denominator=1000))
    fee = parse_money("1234.56 EUR")
    worse, less = (
        credit_due(rows, CreditTerms(how), [(str(place), one) for place, one in enumerate(parts)], fee)
        for parts in (shares, better)
    )

    assert worse is not None and less is not None  # noqa: PT018 (both are there where there are tiers)
    assert worse.amount is not None and less.amount is not None  # noqa: PT018
    assert 0 <= less.amount.amount <= worse.amount.amount <= fee.amount


@drawn(TIERS, SHARES)
def test_the_sum_is_never_less_than_the_worst(rows: list[Any], shares: list[Fraction]) -> None:
    measured = [(str(place), one) for place, one in enumerate(shares)]
    worst, total = (credit_due(rows, CreditTerms(how), measured, None) for how in ("worst", "sum"))

    assert worst is not None
    assert total is not None
    assert worst.percent <= total.percent


class TestOfAContract:
    """September 2026, of which 87 of 8,640 results say down: 98.993 %."""

    breach = "d" * 87 + "u" * 8553

    def test_the_verdict_carries_the_credit(self, given: Any) -> None:
        verdict = given.verdict(given.contract(tiers=[("99%", "10%")], fee="1200"), given.results(self.breach))

        assert (str(verdict.credit.percent), str(verdict.credit.amount)) == ("10%", "120.00 EUR")
        assert verdict.is_breached
        assert not verdict.credit.is_provisional

    def test_while_the_period_runs_the_credit_is_provisional(self, given: Any) -> None:
        contract = given.contract(tiers=[("99%", "10%")], fee="1200")

        verdict = given.verdict(contract, given.results(self.breach), now="09-15T00:00")

        assert verdict.credit.is_provisional
        assert str(verdict.credit.amount) == "120.00 EUR"

    @pytest.mark.parametrize(
        ("dates", "days", "amount"),
        [
            ({"since": "2026-09-16"}, 15, "60.00"),
            ({"until": "2026-09-11"}, 10, "40.00"),
            ({"since": "2026-09-30"}, 1, "4.00"),
            ({"since": "2026-09-11", "until": "2026-09-21"}, 10, "40.00"),
        ],
    )
    def test_a_contract_that_stood_for_part_of_the_period_gives_back_of_the_fee_for_these_days(
        self, given: Any, dates: Mapping[str, str], days: int, amount: str
    ) -> None:
        spans = {name: date.fromisoformat(text) for name, text in dates.items()}
        contract = given.contract(tiers=[("99%", "10%")], fee="1200", **spans)

        credit = given.verdict(contract, given.results("d" * 8640)).credit

        assert (credit.stood, str(credit.amount)) == (DaysStood(days, 30), f"{amount} EUR")

    def test_days_are_those_of_the_calendar_also_in_a_month_with_summer_time(self, given: Any) -> None:
        zone = "Europe/Lisbon"
        contract = given.contract(tiers=[("99%", "10%")], fee="310", zone=zone, since=date.fromisoformat("2026-10-25"))
        month = given.period("2026-10", zone)

        credit = given.verdict(contract, given.results("d" * 17_280), period=month).credit

        assert (credit.stood, str(credit.amount)) == (DaysStood(7, 31), "7.00 EUR")

    def test_a_contract_that_stood_all_the_time_pays_all_of_the_fee(self, given: Any) -> None:
        contract = given.contract(tiers=[("99%", "10%")], fee="1200", since=date.fromisoformat("2026-09-01"))

        assert given.verdict(contract, given.results("d" * 8640)).credit.stood is None

    def test_each_service_is_judged_by_its_own_tiers(self, given: Any) -> None:
        contract = given.contract(
            credits=tuple(tiers([("99%", "10%", ("api",)), ("99%", "50%", ("other",))])),
            fee="1200",
            availability=(AvailabilityObjective("api", parse_percent("99%")),),
        )

        assert str(given.verdict(contract, given.results(self.breach)).credit.amount) == "120.00 EUR"

"""What may be promised of a whole: exact, within bounds, and never by floats."""

import json
from fractions import Fraction
from itertools import product
from math import comb, prod
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.model.composites import at_least, parallel, series, series_at_worst, weighted
from sla_engine.model.percent import format_percent, parse_percent

SLO = json.loads((Path(__file__).parents[1] / "cases" / "slo.json").read_text(), parse_float=Fraction)
CASES = {case["id"]: case for case in SLO["pairs"]}

shares = st.fractions(min_value=0, max_value=1, max_denominator=10_000)
parts = st.lists(shares, min_size=1, max_size=6)


def share(percent: str) -> Fraction:
    return parse_percent(percent).ratio


@given(parts)
def test_all_are_up_no_longer_than_the_weakest_and_some_at_least_as_long_as_the_strongest(own: list[Fraction]) -> None:
    assert 0 <= series(own) <= min(own) <= max(own) <= parallel(own) <= 1


@given(parts, shares)
def test_one_part_more_makes_a_series_weaker_and_a_parallel_stronger(own: list[Fraction], more: Fraction) -> None:
    assert series([*own, more]) <= series(own)
    assert parallel([*own, more]) >= parallel(own)


@given(parts)
def test_of_k_of_n_all_is_a_series_and_one_is_a_parallel(own: list[Fraction]) -> None:
    assert at_least(len(own), own) == series(own)
    assert at_least(1, own) == parallel(own)


@given(parts)
def test_asking_for_more_of_the_parts_is_never_easier(own: list[Fraction]) -> None:
    asked = [at_least(count, own) for count in range(1, len(own) + 1)]

    assert asked == sorted(asked, reverse=True)


@given(parts, st.data())
def test_a_better_part_makes_no_whole_worse(own: list[Fraction], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(own) - 1))
    count = data.draw(st.integers(1, len(own)))
    better = [*own[:place], data.draw(st.fractions(own[place], 1, max_denominator=10_000)), *own[place + 1 :]]

    assert series(better) >= series(own)
    assert parallel(better) >= parallel(own)
    assert at_least(count, better) >= at_least(count, own)


@given(parts, st.data())
def test_the_order_of_the_parts_means_nothing(own: list[Fraction], data: st.DataObject) -> None:
    other = data.draw(st.permutations(own))
    count = data.draw(st.integers(1, len(own)))

    assert (series(other), parallel(other), at_least(count, other)) == (
        series(own),
        parallel(own),
        at_least(count, own),
    )


@given(parts, st.data())
def test_k_of_n_is_what_counting_every_combination_gives(own: list[Fraction], data: st.DataObject) -> None:
    count = data.draw(st.integers(1, len(own)))
    chances = [
        prod((one if up else 1 - one for one, up in zip(own, world, strict=True)), start=Fraction(1))
        for world in product((True, False), repeat=len(own))
        if sum(world) >= count
    ]

    assert at_least(count, own) == sum(chances)


@given(shares, st.integers(1, 8), st.data())
def test_of_equal_parts_k_of_n_is_binomial(one: Fraction, size: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(1, size))
    tail = sum(comb(size, up) * one**up * (1 - one) ** (size - up) for up in range(count, size + 1))

    assert at_least(count, [one] * size) == tail


def test_three_at_99_percent_are_exactly_97_0299_percent_together() -> None:
    assert series([share("99%")] * 3) == Fraction(970_299, 1_000_000)
    assert format_percent(series([share("99%")] * 3)) == "97.0299"


def test_of_no_parts_all_are_up_and_none_is() -> None:
    assert series([]) == 1
    assert parallel([]) == 0


@pytest.mark.parametrize("count", [0, 4, -1])
def test_more_parts_than_there_are_and_none_at_all_cannot_be_asked_for(count: int) -> None:
    with pytest.raises(ValueError, match="write from 1 to 3"):
        at_least(count, [share("99%")] * 3)


@pytest.mark.parametrize("outside", [Fraction(-1, 100), Fraction(101, 100)])
def test_what_is_no_share_is_refused(outside: Fraction) -> None:
    for whole in (series, parallel, lambda own: at_least(1, own)):
        with pytest.raises(ValueError, match="from 0 to 1"):
            whole([Fraction(1, 2), outside])


@given(parts)
def test_at_worst_what_the_parts_lack_adds_up_and_is_never_less_than_nothing(own: list[Fraction]) -> None:
    lacking = sum(1 - one for one in own)

    assert series_at_worst(own) == max(0, 1 - lacking) <= series(own)


@given(shares, st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_weights_of_equal_parts_change_nothing(one: Fraction, weights: list[int]) -> None:
    assert weighted([one] * len(weights), weights) == one


@given(parts, st.data())
def test_a_weighted_mean_lies_between_its_parts(own: list[Fraction], data: st.DataObject) -> None:
    weights = data.draw(st.lists(st.integers(1, 9), min_size=len(own), max_size=len(own)))

    assert min(own) <= weighted(own, weights) <= max(own)


@pytest.mark.parametrize("weights", [[], [1], [1, 0], [1, 1, 1]])
def test_each_part_needs_a_weight_of_its_own(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="each part has one weight"):
        weighted([Fraction(1, 2), Fraction(1, 3)], weights)


def test_the_fields_own_cases() -> None:
    asked = {name: case["input"] for name, case in CASES.items()}
    found = {
        "SLO-20": series_at_worst(asked["SLO-20"]["components"]),
        "SLO-22": weighted(asked["SLO-22"]["slis"], asked["SLO-22"]["weights"]),
        "SLO-24": series([parallel(asked["SLO-24"]["series"][0]["parallel"]), asked["SLO-24"]["series"][1]]),
        "SLO-26": at_least(asked["SLO-26"]["k_of_n"][0], [asked["SLO-26"]["each"]] * asked["SLO-26"]["k_of_n"][1]),
    }

    assert found == {name: next(iter(CASES[name]["expected"].values())) for name in found}

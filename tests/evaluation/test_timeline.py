"""From results to states: who speaks, for how long, and what several voices make together."""

from fractions import Fraction
from typing import Any

import pytest

from sla_engine.evaluation.timeline import Timeline, lay_out
from sla_engine.model.instant import MINUTE
from sla_engine.model.result import Result, run_lengths
from sla_engine.model.service import AtLeast, Service, StaleAfter

TWICE = StaleAfter(Fraction(2))


def told(given: Any, timeline: Timeline) -> list[tuple[int, int, str]]:
    """Segments in minutes since the start of the month."""
    return [
        ((segment.start - given.start) // MINUTE, (segment.end - given.start) // MINUTE, segment.state)
        for segment in timeline.segments
    ]


def laid_out(given: Any, results: list[Result], service: Service | None = None, minutes: int = 60) -> Timeline:
    return lay_out(service or given.service(), run_lengths(results), TWICE, given.start + minutes * MINUTE)


@pytest.mark.parametrize(
    ("letters", "segments"),
    [
        ("uuu", [(0, 20, "up")]),
        ("uudu", [(0, 10, "up"), (10, 15, "down"), (15, 25, "up")]),
        ("ugu", [(0, 20, "up")]),
        ("ddd", [(0, 20, "down")]),
        ("u.u", [(0, 20, "up")]),
        ("u..u", [(0, 10, "up"), (15, 25, "up")]),
        ("u.d", [(0, 10, "up"), (10, 20, "down")]),
        ("ueu", [(0, 5, "up"), (10, 20, "up")]),
        ("ded", [(0, 5, "down"), (10, 20, "down")]),
        ("e", []),
        ("", []),
    ],
)
def test_a_result_speaks_until_the_next_or_for_two_intervals(
    given: Any, letters: str, segments: list[tuple[int, int, str]]
) -> None:
    timeline = laid_out(given, given.results(letters))

    assert told(given, timeline) == segments


def test_what_is_later_than_now_is_not_known_yet(given: Any) -> None:
    timeline = laid_out(given, given.results("uudd"), minutes=12)

    assert told(given, timeline) == [(0, 10, "up"), (10, 12, "down")]


def test_a_result_of_a_slower_schedule_speaks_longer(given: Any) -> None:
    timeline = laid_out(given, [*given.results("u", every="5m"), *given.results("u", every="10m", since="09-01T00:05")])

    assert told(given, timeline) == [(0, 25, "up")]


def test_order_and_repetition_of_results_do_not_matter(given: Any) -> None:
    results = given.results("uuddeu.u")

    assert laid_out(given, [*reversed(results), *results]) == laid_out(given, results)


@pytest.mark.parametrize(
    ("places", "agree", "state"),
    [
        (("d", "u", "u"), None, "up"),
        (("d", "d", "u"), None, "down"),
        (("d", "u"), None, "up"),
        (("d", "u", "."), None, "up"),
        (("d", "d", "."), None, "down"),
        (("d", "e", "e"), None, "down"),
        (("d", ".", "."), None, "down"),
        (("d", "d", "u", "u", "u"), 2, "down"),
        (("d", "u", "u"), 2, "up"),
        (("d", ".", "."), 2, None),
        (("e", "e", "e"), None, None),
    ],
)
def test_locations_agree_by_a_strict_majority_of_those_that_are_heard(
    given: Any, places: tuple[str, ...], agree: int | None, state: str | None
) -> None:
    results = [result for place, letter in enumerate(places) for result in given.results(letter, location=f"l{place}")]

    timeline = laid_out(given, results, given.service(agree=agree))

    assert told(given, timeline) == ([] if state is None else [(0, 10, state)])


@pytest.mark.parametrize(
    ("up_when", "checks", "state"),
    [
        ("all", "uuu", "up"),
        ("all", "uud", "down"),
        ("all", "u.d", "down"),
        ("all", "uu.", None),
        ("any", "ddu", "up"),
        ("any", "..u", "up"),
        ("any", "dd.", None),
        ("any", "ddd", "down"),
        (AtLeast(2), "uud", "up"),
        (AtLeast(2), "u.d", None),
        (AtLeast(2), "udd", "down"),
        (AtLeast(2), ".dd", "down"),
        (AtLeast(4), "uuu", None),
    ],
)
def test_checks_make_the_service_three_valued(given: Any, up_when: Any, checks: str, state: str | None) -> None:
    names = [f"c{number}" for number in range(len(checks))]
    results = [
        result for name, letter in zip(names, checks, strict=True) for result in given.results(letter, check=name)
    ]

    timeline = laid_out(given, results, given.service(*names, up_when=up_when))

    assert told(given, timeline) == ([] if state is None else [(0, 10, state)])


def test_a_service_without_checks_is_unknown(given: Any) -> None:
    service = Service("api", given.service().title, given.service().schedule, ())

    assert laid_out(given, given.results("uuu"), service).segments == []


def test_an_outage_through_several_checks_is_one_and_names_the_first(given: Any) -> None:
    service = given.service("dns", "home")
    results = [*given.results("uuddu", check="home"), *given.results("uuuddu", check="dns")]

    down = [segment for segment in laid_out(given, results, service).segments if segment.state == "down"]

    assert [(segment.check, segment.reason) for segment in down] == [("api/home", "home failed")]
    assert down[0].end - down[0].start == 15 * MINUTE


def test_results_of_other_services_say_nothing_here(given: Any) -> None:
    assert laid_out(given, given.results("ddd", check="other")).segments == []

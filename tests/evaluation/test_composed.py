"""Services that are composed of others, against a walk through time that asks every part at every step."""

import random
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from sla_engine.evaluation import with_evidence
from sla_engine.evaluation.history import history_of
from sla_engine.evaluation.timeline import lay_out
from sla_engine.model.accounting import Accounting
from sla_engine.model.contract import AvailabilityObjective
from sla_engine.model.duration import Duration, parse_duration
from sla_engine.model.instant import MINUTE, SECOND, Instant, parse_instant
from sla_engine.model.percent import parse_percent
from sla_engine.model.result import Result, Run, State
from sla_engine.model.schedule import Every
from sla_engine.model.service import AtLeast, Check, Service, UpWhen, all_checks, strictly, with_parts
from sla_engine.model.text import plain

STEP = 30 * SECOND
STALE_AFTER = Accounting().stale_after
START = parse_instant("2026-09-01T00:00:00Z")


def probed(
    name: str, *checks: str, up_when: UpWhen = "all", interval: int = MINUTE, agree: int | None = None
) -> Service:
    made = tuple(Check(name, check, "null", None, Duration(SECOND)) for check in checks or ("c",))
    return Service(name, plain(name), Every(Duration(interval)), made, up_when, agree=agree)


def whole(name: str, *parts: Service, up_when: UpWhen = "all") -> Service:
    return Service(name, plain(name), Every(Duration(MINUTE)), (), up_when, parts=parts)


@st.composite
def wholes(draw: Any) -> tuple[Service, list[Result]]:
    """A service that is composed in up to three steps, of which some share parts, and what its checks said."""
    rules = st.sampled_from(["all", "any", AtLeast(1), AtLeast(2), AtLeast(3)])
    made = [
        probed(
            f"p{number}",
            *"ab"[: draw(st.integers(1, 2))],
            up_when=draw(rules),
            interval=draw(st.sampled_from([60, 90, 150])) * SECOND,
            agree=draw(st.sampled_from([None, 1, 2])),
        )
        for number in range(draw(st.integers(1, 3)))
    ]
    for number in range(draw(st.integers(1, 3))):
        parts = draw(st.lists(st.sampled_from(made), min_size=1, max_size=3, unique_by=lambda one: one.id))
        made.append(whole(f"w{number}", *parts, up_when=draw(rules)))
    letters = st.lists(st.sampled_from("uuugddde."), max_size=30)
    results = [
        Result(check.id, START + number * each.schedule.interval.microseconds, STATES[letter],
               each.schedule.interval.microseconds, place, reason=f"{check.id} {number}")
        for each in with_parts(made[-1])
        for check in each.checks
        for place in ("x", "y")[: draw(st.integers(1, 2))]
        for number, letter in enumerate(draw(letters))
        if letter != "."
    ]  # fmt: skip
    return made[-1], results


STATES = {"u": State.UP, "g": State.DEGRADED, "d": State.DOWN, "e": State.ERROR}


def state_at(service: Service, results: list[Result], at: Instant) -> str:
    """What a service is at an instant, by the words of the rule."""
    if service.parts:
        says = [state_at(part, results, at) for part in service.parts]
    else:
        says = [check_at(check.id, service.agree, results, at) for check in service.checks]
    needed = {"all": len(says), "any": 1}.get(str(service.up_when)) or getattr(service.up_when, "count", 0)
    if needed > len(says):
        return "unknown"
    if says.count("up") >= needed:
        return "up"
    return "down" if len(says) - says.count("down") < needed else "unknown"


def check_at(check: str, agree: int | None, results: list[Result], at: Instant) -> str:
    latest = {
        one.location: one for one in sorted(results, key=lambda one: one.at) if one.check == check and one.at <= at
    }
    heard = [one.state for one in latest.values() if at < one.at + 2 * one.interval and one.state != "error"]
    down = heard.count(State.DOWN)
    if down * 2 > len(heard) if agree is None else down >= agree:
        return "down"
    return "up" if len(heard) > down else "unknown"


def runs_of(results: list[Result]) -> list[Run]:
    return list(history_of(results).runs)


@settings(max_examples=300, deadline=None)
@drawn(wholes())
def test_a_whole_is_at_each_step_what_its_parts_make_it(case: tuple[Service, list[Result]]) -> None:
    service, results = case
    until = START + 80 * MINUTE

    timeline = lay_out(service, runs_of(results), STALE_AFTER, until)

    for at in range(START - STEP, until, STEP):
        about = [segment.state for segment in timeline.segments if segment.start <= at < segment.end]
        assert (about or ["unknown"]) == [state_at(service, results, at)]


@settings(max_examples=100, deadline=None)
@drawn(wholes(), st.randoms(use_true_random=False))
def test_neither_the_order_of_parts_nor_of_results_matters(
    case: tuple[Service, list[Result]], chance: random.Random
) -> None:
    service, results = case
    shuffled = runs_of(results)
    chance.shuffle(shuffled)
    turned = attrs.evolve(service, parts=tuple(reversed(service.parts)))

    until = START + 80 * MINUTE
    assert lay_out(turned, shuffled, STALE_AFTER, until) == lay_out(service, runs_of(results), STALE_AFTER, until)


@settings(max_examples=100, deadline=None)
@drawn(wholes())
def test_strictly_every_check_of_every_part_must_be_up(case: tuple[Service, list[Result]]) -> None:
    service, results = case
    service = alike(service)
    flat = Service("flat", plain("flat"), Every(Duration(MINUTE)), tuple(all_checks([service])))
    runs, until = runs_of(results), START + 80 * MINUTE

    strict = lay_out(strictly(service), runs, STALE_AFTER, until)

    assert strict.intervals("up") == lay_out(flat, runs, STALE_AFTER, until).intervals("up")
    assert strict.intervals("down") == lay_out(flat, runs, STALE_AFTER, until).intervals("down")


def alike(service: Service) -> Service:
    """The service with one rule for all locations."""
    return attrs.evolve(service, agree=None, parts=tuple(alike(part) for part in service.parts))


@pytest.fixture
def shop() -> Service:
    return whole(
        "shop", probed("web", "home"), whole("store", probed("db", "query"), probed("cache", "get"), up_when="any")
    )


def said(check: str, letters: str) -> list[Result]:
    return [
        Result(
            check, START + number * MINUTE, STATES[letter], MINUTE, reason=f"{check} failed" if letter == "d" else None
        )
        for number, letter in enumerate(letters)
    ]


def upon(shop: Service, given: Any, **terms: Any) -> Any:
    """A contract upon the shop."""
    objective = AvailabilityObjective("shop", parse_percent("99%"))
    return given.contract(**terms, availability=(objective,), services={"shop": shop})


def test_an_outage_of_a_whole_names_the_check_of_the_part_that_began_it(given: Any, shop: Service) -> None:
    results = [*said("web/home", "uuuuuuuuuu"), *said("db/query", "uddddduuuu"), *said("cache/get", "uuudddduuu")]
    contract, period = upon(shop, given), given.period()

    history = history_of(results)
    verdict = with_evidence(given.verdict(contract, results), contract, history, period, period.end)

    [outage] = verdict.availability[0].outages
    assert (outage.span.start - START, outage.span.length) == (3 * MINUTE, 3 * MINUTE)
    assert (outage.check, outage.reason) == ("db/query", "db/query failed")
    assert outage.evidence is not None
    assert [one.check for one in outage.evidence.witnesses] == ["cache/get", "db/query"]


def test_only_what_names_the_whole_is_taken_out_of_it(given: Any, shop: Service) -> None:
    results = [
        *said("web/home", "u" * 10 + "d" * 10 + "u" * 10),
        *said("db/query", "u" * 30),
        *said("cache/get", "u" * 30),
    ]
    contract = upon(shop, given)
    work = attrs.evolve(given.maintenance("09-01T00:10", "09-01T00:20"), services=("web",))

    of_the_part = given.availability(contract, results, maintenance=[work])
    of_the_whole = given.availability(contract, results, maintenance=[attrs.evolve(work, services=("web", "shop"))])

    assert (of_the_part.kinds.down, of_the_part.kinds.excluded) == (10 * MINUTE, 0)
    assert (of_the_whole.kinds.down, of_the_whole.kinds.excluded) == (0, 10 * MINUTE)


@pytest.mark.parametrize(
    ("measure", "share"),
    [
        ("checks", Fraction(27, 30)),
        # Of the slots of five minutes the second has 3 bad of 15 checks, and the rest of the month none.
        ("slots", 1 - Fraction(3, 15) / 8640),
    ],
)
def test_profiles_that_count_checks_count_those_of_the_parts(
    given: Any, shop: Service, measure: Any, share: Fraction
) -> None:
    results = [*said("web/home", "uuuuuddduu"), *said("db/query", "u" * 10), *said("cache/get", "u" * 10)]
    contract = upon(shop, given, accounting=Accounting(measure=measure, slot=parse_duration("5m")))

    assert given.availability(contract, results).measured == share


def test_a_part_that_is_shared_is_asked_once() -> None:
    web = probed("web")
    left, right = whole("left", web), whole("right", web)

    assert [each.id for each in with_parts(whole("top", left, right))] == ["web", "left", "right", "top"]
    assert [check.id for check in all_checks([left, right, web])] == ["web/c"]


def test_what_is_composed_of_composed_things_many_times_over_costs_no_more_than_they_do() -> None:
    level = [probed("a"), probed("b")]
    for number in range(200):
        level = [whole(f"{name}{number}", *level) for name in "ab"]

    assert len(with_parts(level[0])) == 2 + 2 * 199 + 1

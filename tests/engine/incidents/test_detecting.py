"""When an incident opens and closes: ``D``, ``U`` and ``?`` are what was seen each minute."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.engine.incidents import Incident, Observation, detect, timeline_of
from sla_engine.model.duration import parse_duration
from sla_engine.model.instant import MINUTE
from sla_engine.model.result import Run, State
from sla_engine.model.schedule import Every
from sla_engine.model.service import AtLeast, Check, Service, StaleAfter
from sla_engine.model.text import plain

WORDS = {"D": "down", "U": "up", "?": "unknown"}


def seen(states: str) -> list[Observation]:
    return [Observation(minute * MINUTE, WORDS[state]) for minute, state in enumerate(states)]  # type: ignore[arg-type]


def incidents(
    states: str, *, confirm: int = 2, recover: int = 2, maintenance: tuple[tuple[int, int], ...] = ()
) -> list[str]:
    """Each incident as ``began opened ended closed``, in minutes."""
    windows = [(start * MINUTE, end * MINUTE) for start, end in maintenance]
    found = detect(
        "api", seen(states), confirm=confirm, recover=recover, until=len(states) * MINUTE, maintenance=windows
    )
    return [text(one) for one in found]


def text(one: Incident) -> str:
    moments = (one.began_at, one.opened_at, one.ended_at, one.closed_at)
    return " ".join("-" if at is None else f"{at // MINUTE}" for at in moments) + " maintenance" * one.in_maintenance


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ("UUUU", []),
        ("UUDU", []),  # seen down once is not confirmed
        ("UDUDUDUU", []),
        ("UUDD", ["2 3 - -"]),
        ("UUDDUU", ["2 3 4 5"]),
        ("UUDDUDUU", ["2 3 6 7"]),  # up once is no recovery
        ("DDUUDDUU", ["0 1 2 3", "4 5 6 7"]),
        ("D?DUU", ["0 2 3 4"]),  # unknown neither confirms
        ("DDU?U", ["0 1 2 4"]),  # nor recovers
        ("D??U", []),
        ("????", []),
        ("", []),
    ],
)
def test_an_incident_opens_when_down_is_confirmed_and_closes_when_up_is(states: str, expected: list[str]) -> None:
    assert incidents(states) == expected


def test_confirmed_by_one_result_it_opens_at_once() -> None:
    assert incidents("UDU", confirm=1, recover=1) == ["1 1 2 2"]


@pytest.mark.parametrize(
    ("states", "window", "expected"),
    [
        ("UDDDDUU", (1, 4), ["1 4 5 6 maintenance"]),  # still down when it ends: it opens then
        ("UDDUUUU", (1, 6), ["1 - 3 4 maintenance"]),  # over before it ends: it never opens
        ("UDDDDDD", (1, 9), ["1 - - - maintenance"]),  # not yet
        ("DDDDDUU", (3, 5), ["0 1 5 6 maintenance"]),  # opened before: marked
        ("DDUUUUU", (5, 6), ["0 1 2 3"]),
        ("UDDDUUU", (1, 4), ["1 - 4 5 maintenance"]),  # up from its end on: never, although that is not confirmed yet
        ("UDDUDUU", (1, 3), ["1 4 5 6 maintenance"]),  # just seen up at its end, and down again
        ("UDD??UU", (1, 4), ["1 4 5 6 maintenance"]),  # last seen down
    ],
)
def test_maintenance_marks_an_incident_and_keeps_it_from_opening(
    states: str, window: tuple[int, int], expected: list[str]
) -> None:
    assert incidents(states, maintenance=(window,)) == expected


def test_maintenance_that_follows_without_a_pause_is_one() -> None:
    assert incidents("UDDDDDDUU", maintenance=((1, 4), (4, 6))) == ["1 6 7 8 maintenance"]


def test_what_comes_later_is_not_known_yet() -> None:
    assert detect("api", seen("UDDUU"), confirm=2, recover=2, until=2 * MINUTE) == []


states = st.text(alphabet="DU?", max_size=60)
counts = st.integers(1, 4)


@given(states, counts, counts, st.randoms())
def test_the_order_of_results_never_matters(states: str, confirm: int, recover: int, random: object) -> None:
    shuffled = seen(states) * 2
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    until = len(states) * MINUTE

    found = detect("api", shuffled, confirm=confirm, recover=recover, until=until)

    assert found == detect("api", seen(states), confirm=confirm, recover=recover, until=until)


@given(states, counts, counts, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=3))
def test_there_are_never_two_at_once_and_none_closes_before_it_opens(
    states: str, confirm: int, recover: int, windows: list[tuple[int, int]]
) -> None:
    maintenance = [(start * MINUTE, end * MINUTE) for start, end in windows]
    found = detect(
        "api", seen(states), confirm=confirm, recover=recover, until=len(states) * MINUTE, maintenance=maintenance
    )

    for one in found:
        assert one.opened_at is None or one.began_at <= one.opened_at
        if one.closed_at is not None and one.ended_at is not None:
            assert one.began_at < one.ended_at <= one.closed_at
            assert one.opened_at is None or one.opened_at < one.closed_at
    for earlier, later in pairwise(found):
        assert earlier.closed_at is not None
        assert earlier.closed_at < later.began_at


@given(states, counts, counts)
def test_what_is_known_of_the_past_does_not_change_it(states: str, confirm: int, recover: int) -> None:
    """A later look finds the same incidents again, and of the last one perhaps its end."""
    for length in range(len(states)):
        early = detect("api", seen(states), confirm=confirm, recover=recover, until=length * MINUTE)
        late = detect("api", seen(states), confirm=confirm, recover=recover, until=len(states) * MINUTE)
        for before, after in zip(early, late, strict=False):
            assert (before.began_at, before.opened_at) == (after.began_at, after.opened_at)
            assert before.closed_at in {None, after.closed_at}


def service(*names: str, **how: object) -> Service:
    checks = tuple(Check("web", name, "null", None, parse_duration("1s")) for name in names)
    return Service("web", plain("Web"), Every(parse_duration("1m")), checks, **how)  # type: ignore[arg-type]


def run(check: str, state: State, first: int, last: int) -> Run:
    return Run(f"web/{check}", "", state, first * MINUTE, last * MINUTE, MINUTE, last - first + 1)


def test_an_escalation_about_degraded_takes_any_check_that_is_less_than_up() -> None:
    runs = [run("home", State.DEGRADED, 0, 4), run("faq", State.UP, 0, 4)]
    web = service("home", "faq", up_when=AtLeast(1))

    assert timeline_of(web, runs, "down", StaleAfter(2), 5 * MINUTE).intervals("down") == []
    assert timeline_of(web, runs, "degraded", StaleAfter(2), 5 * MINUTE).intervals("down") == [(0, 5 * MINUTE)]

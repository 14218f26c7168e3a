"""One incident of a service, however many escalations follow it by rules of their own.

``D``, ``d``, ``U`` and ``?`` are down, degraded, up and the monitor's own failure, each minute.
"""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.engine.incidents.rules import Rule
from sla_engine.engine.incidents.tracks import tracks_of
from sla_engine.engine.incidents.union import Found, union
from sla_engine.model.duration import parse_duration
from sla_engine.model.instant import MINUTE, Instant
from sla_engine.model.interval import Interval
from sla_engine.model.result import Result, State, run_lengths
from sla_engine.model.schedule import Every
from sla_engine.model.service import Check, Service
from sla_engine.model.text import plain

STATES = {"D": State.DOWN, "U": State.UP, "d": State.DEGRADED, "?": State.ERROR}
CHECK = Check("api", "health", "none", None, parse_duration("1s"))
API = Service("api", plain("API"), Every(parse_duration("1m")), (CHECK,))
AT_ONCE, SLOWLY, DEGRADED = Rule("down", 1, 1), Rule("down", 3, 3), Rule("degraded", 3, 1)


def found(states: str, *rules: Rule, until: int | None = None, works: tuple[tuple[int, int], ...] = ()) -> list[Found]:
    results = [
        Result(CHECK.id, minute * MINUTE, STATES[state], MINUTE)
        for minute, state in enumerate(states)
        if state != "."
    ]  # fmt: skip
    windows = [Interval(start * MINUTE, end * MINUTE) for start, end in works]
    # A minute's result is known by the end of the minute.
    now = (len(states) if until is None else until) * MINUTE
    runs = run_lengths(result for result in results if result.at < now)
    return union(tracks_of(API, runs, rules, windows, now), windows)


def text(one: Found) -> str:
    moments = (one.began_at, one.opened_at, one.ended_at, one.closed_at)
    return " ".join(in_minutes(at) for at in moments) + f" {one.state}"


def in_minutes(at: Instant | None) -> str:
    return "-" if at is None else f"{at // MINUTE}"


def story(one: Found) -> list[str]:
    return [f"{in_minutes(event.at)} {event.kind}" for event in one.story()]


@pytest.mark.parametrize(
    ("states", "rules", "expected"),
    [
        ("UDDDUU", (AT_ONCE,), ["1 1 4 4 down"]),
        ("UDDDUUU", (AT_ONCE, SLOWLY), ["1 1 4 6 down"]),  # it opens by the quick one, and closes by the slow one
        ("UDUDUUU", (AT_ONCE, SLOWLY), ["1 1 2 2 down", "3 3 4 4 down"]),  # too short for the slow one
        ("UDDDUDUUU", (AT_ONCE, SLOWLY), ["1 1 6 8 down"]),  # the quick one opens again in what is one to the slow
        ("UdddU", (AT_ONCE, DEGRADED), ["1 3 4 4 degraded"]),
        ("UDDDdU", (AT_ONCE, DEGRADED), ["1 1 5 5 degraded"]),
        ("UDdU", (AT_ONCE, DEGRADED), ["1 1 2 2 down"]),
    ],
)
def test_what_the_tracks_of_a_service_show_is_one_incident_where_it_overlaps(
    states: str, rules: tuple[Rule, ...], expected: list[str]
) -> None:
    assert [text(one) for one in found(states, *rules)] == expected


def test_each_escalation_counts_from_its_own_confirmation() -> None:
    [one] = found("UDDDD", AT_ONCE, SLOWLY)

    assert [(part.rule, in_minutes(part.incident.opened_at)) for part in one.parts] == [(AT_ONCE, "1"), (SLOWLY, "3")]


def test_what_it_is_changes_as_the_service_does() -> None:
    [one] = found("UdddDDdd", AT_ONCE, DEGRADED)

    assert story(one) == ["3 opened", "4 down", "6 degraded"]


def test_it_is_not_over_while_another_track_may_still_confirm_that_it_goes_on() -> None:
    """Down, and then degraded: over to the one, and to the other the beginning of something that lasts."""
    assert [text(one) for one in found("UDd", AT_ONCE, DEGRADED)] == ["1 1 - - degraded"]
    assert [text(one) for one in found("UDdd", AT_ONCE, DEGRADED)] == ["1 1 - - degraded"]
    assert [text(one) for one in found("UDdU", AT_ONCE, DEGRADED)] == ["1 1 2 2 down"]


def test_what_is_in_maintenance_to_one_is_so_to_all() -> None:
    [one] = found("UDDDDDU", AT_ONCE, SLOWLY, works=((0, 3),))

    assert story(one) == ["1 maintenance", "3 opened"]


rules = st.lists(
    st.builds(Rule, st.sampled_from(["down", "degraded"]), st.integers(1, 4), st.integers(1, 4)), min_size=1
)
windows = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=2)
seen = st.text(alphabet="DUd?.", max_size=60)


@given(seen, rules, windows)
def test_incidents_of_a_service_never_overlap(states: str, own: list[Rule], works: list[tuple[int, int]]) -> None:
    incidents = found(states, *sorted(set(own)), works=tuple(works))

    for earlier, later in pairwise(incidents):
        assert earlier.closed_at is not None
        assert earlier.closed_at <= later.began_at


@given(seen, rules)
def test_downtime_counts_from_the_first_time_that_it_was_not_up(states: str, own: list[Rule]) -> None:
    for one in found(states, *sorted(set(own))):
        first = one.began_at // MINUTE
        before = states[:first].rstrip(".?")
        assert states[first] in "Dd"
        assert before[-1:] in {"", "U", "d", "D"}
        if before[-1:] == "D":  # then it had been over in between, or nothing had been known for too long
            assert first - len(before) > 0 or any(other.closed_at == one.began_at for other in found(states, *own))
        assert one.opened_at is not None
        assert one.began_at <= one.opened_at


@given(seen, rules)
def test_what_was_told_once_is_true_for_ever(states: str, own: list[Rule]) -> None:
    """Looked at after each result, the same incidents are found, and none is opened or closed otherwise.

    One can be found to have begun earlier: by a rule that looks at worse results too, and confirms later.
    """
    known: dict[Instant | None, Found] = {}
    for until in range(len(states) + 1):
        for one in found(states, *sorted(set(own)), until=until):
            before = known.get(one.opened_at)
            if before is not None:
                assert before.began_at >= one.began_at
                assert before.closed_at in {None, one.closed_at}
            known[one.opened_at] = one

    assert [one.opened_at for one in found(states, *sorted(set(own)))] == list(known)

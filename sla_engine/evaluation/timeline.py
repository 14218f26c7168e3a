"""From results to the states of a service over time.

A result speaks from its scheduled instant until the next result of that check and location, and no longer than the
profile lets it; what nobody speaks for is unknown, and so is the monitor's own failure. Locations agree by majority,
and checks make the service's state by its rule, with unknown as a third value; so do the parts of a service that is
composed of others. All of it works on run-lengths, so its cost grows with the changes of state and not with the
results.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import zip_longest
from operator import attrgetter
from typing import Literal, NamedTuple, TypeAlias

from attrs import frozen

from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval
from sla_engine.model.result import Run, State
from sla_engine.model.service import AtLeast, Service, StaleAfter, UpWhen, with_parts

Known: TypeAlias = Literal["up", "down"]

_DOWN, _ERROR = State.DOWN, State.ERROR


class Segment(NamedTuple):
    """A stretch in which a state is known and the same.

    Attributes:
        check, reason: of a down segment, the check that was the first to say so and what it saw; of a service that is
            composed, the check of a part.
    """

    start: Instant
    end: Instant
    state: Known
    check: str = ""
    reason: str | None = None

    @property
    def span(self) -> Interval:
        """From its start to its end."""
        return Interval(self.start, self.end)


@frozen
class Timeline:
    """The known states of a service, in order; between the segments nothing is known.

    Neighbours that touch differ in state, so each down segment is a maximal run of down.
    """

    segments: Sequence[Segment]

    def intervals(self, state: Known) -> list[Interval]:
        """When the service was in a state."""
        return [segment.span for segment in self.segments if segment.state == state]


Said: TypeAlias = Mapping[str, Mapping[str, Sequence[Run]]]
"""Run-lengths by check and location."""

_Decide: TypeAlias = Callable[[int, int], Known | None]
"""From how many say up, and how many down, to what that makes together."""

_Edge: TypeAlias = tuple[Instant, int, Segment | None]
"""At an instant one of several courses begins to say something, or to say nothing."""


def lay_out(service: Service, runs: Iterable[Run], stale_after: StaleAfter, until: Instant) -> Timeline:
    """The timeline of a service from the first of its results until ``until``.

    Args:
        runs: of any checks, in any order; those of other services are left out.
        until: what is later is not known yet.
    """
    return lay_out_said(service, by_source(runs), stale_after, until)


def by_source(runs: Iterable[Run]) -> Said:
    """Runs by check and location, for laying out more than one service of them."""
    said: dict[str, dict[str, list[Run]]] = defaultdict(partial(defaultdict, list))
    for run in runs:
        said[run.check][run.location].append(run)
    return said


def lay_out_said(service: Service, said: Said, stale_after: StaleAfter, until: Instant) -> Timeline:
    """The same, of what was said by check and location."""
    courses: dict[str, Sequence[Segment]] = {}
    for each in with_parts(service):
        heard = [courses[part] for part in sorted(part.id for part in each.parts)] or [
            _course_of_check(
                [_speech(own, stale_after, until) for _, own in sorted(said.get(check, {}).items())], each.agree
            )
            for check in sorted(check.id for check in each.checks)
        ]
        courses[each.id] = _course_of_service(heard, each.up_when)
    return Timeline(courses[service.id])


def speaks_until(last_at: Instant, interval: int, stale_after: StaleAfter) -> Instant:
    """Until when a result speaks, unless another follows before."""
    numerator, denominator = stale_after.intervals.as_integer_ratio()
    return last_at + numerator * interval // denominator


def check_state(up: int, down: int, agree: int | None) -> Known | None:
    """What the locations that are heard make of a check.

    It is down where a strict majority of them says so, or ``agree`` of them; up where it is not and some location says
    up; and unknown where none does.
    """
    if down >= agree if agree is not None else down > up:
        return "down"
    return "up" if up else None


def service_state(up: int, down: int, checks: int, up_when: UpWhen) -> Known | None:
    """What its checks, or its parts, make of a service: unknown only where those that are unknown could decide it.

    A service that could never be up, for want of checks, is unknown.
    """
    needed = up_when.count if isinstance(up_when, AtLeast) else (checks if up_when == "all" else 1)
    if not 0 < needed <= checks:
        return None
    if up >= needed:
        return "up"
    return "down" if checks - down < needed else None


def _course_of_check(heard: Sequence[Sequence[Segment]], agree: int | None) -> Sequence[Segment]:
    is_alone = len(heard) == 1 and (agree or 1) == 1
    return heard[0] if is_alone else _combined(heard, partial(check_state, agree=agree))


def _course_of_service(courses: Sequence[Sequence[Segment]], up_when: UpWhen) -> Sequence[Segment]:
    is_alone = len(courses) == 1 and up_when in {"all", "any", AtLeast(1)}
    decide = partial(service_state, checks=len(courses), up_when=up_when)
    return courses[0] if is_alone else _combined(courses, decide)


def _speech(runs: Iterable[Run], stale_after: StaleAfter, until: Instant) -> list[Segment]:
    """What one check says from one location; a gap is where it says nothing."""
    known = sorted([run for run in runs if run.first_at < until], key=attrgetter("first_at"))
    numerator, denominator = stale_after.intervals.as_integer_ratio()
    speech: list[Segment] = []
    said: Known | None = None
    said_until = 0
    for run, following in zip_longest(known, known[1:]):
        start, end = run.first_at, run.last_at + numerator * run.interval // denominator
        limit = until if following is None else following.first_at
        end = end if end < limit else limit
        if end <= start or run.state is _ERROR:
            continue
        state: Known = "down" if run.state is _DOWN else "up"
        if start == said_until and state == said:
            speech[-1] = speech[-1]._replace(end=end)
        elif state == "down":
            speech.append(Segment(start, end, state, run.check, run.reason))
        else:
            speech.append(Segment(start, end, state))
        said, said_until = state, end
    return speech


def _combined(parts: Sequence[Sequence[Segment]], decide: _Decide) -> list[Segment]:
    """What several courses make together, by a rule that counts those that say up and those that say down."""
    edges: list[_Edge] = [(segment.start, index, segment) for index, part in enumerate(parts) for segment in part]
    edges += [(segment.end, index, None) for index, part in enumerate(parts) for segment in part]
    edges.sort(key=_edge_order)
    says: list[Segment | None] = [None] * len(parts)
    combined: list[Segment] = []
    present: Segment | None = None
    for position, (at, index, segment) in enumerate(edges):
        says[index] = segment
        if position + 1 < len(edges) and edges[position + 1][0] == at:
            continue
        states = [said.state for said in says if said is not None]
        state = decide(states.count("up"), states.count("down"))
        if present is not None and present.state == state:
            continue
        if present is not None:
            combined.append(present._replace(end=at))
        present = None if state is None else _opening(at, state, says)
    # The last edge ends the last segment, and where nobody says anything nothing is known.
    assert present is None
    return combined


def _edge_order(edge: _Edge) -> tuple[Instant, bool]:
    """By time; at one instant what ends comes before what begins."""
    return edge[0], edge[2] is not None


def _opening(at: Instant, state: Known, says: Iterable[Segment | None]) -> Segment:
    """A segment that begins; a down one with the first word that made it so."""
    if state == "up":
        return Segment(at, at, state)
    down = [said for said in says if said is not None and said.state == "down"]
    cause = min(down, key=lambda said: said.start)
    return Segment(at, at, state, cause.check, cause.reason)

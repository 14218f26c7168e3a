"""What a service was seen to be, and when: at the instants of those results that say so.

A service is down by what some of its checks say, and only what they say again confirms it: a part that is well and
asked more often says nothing of one that is not. So it is with its coming back. Several checks of one round are one
sight: a further result is one where its own check was asked since the last sight already.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby, zip_longest
from operator import attrgetter
from typing import Literal, NamedTuple, TypeAlias

from attrs import evolve, frozen

from sla_engine.evaluation.timeline import Known, Segment, Timeline, lay_out, speaks_until
from sla_engine.model.instant import Instant
from sla_engine.model.result import Run, State
from sla_engine.model.service import Service, StaleAfter, strictly

Seen: TypeAlias = Literal["up", "down", "unknown"]
_NEVER: Instant = -(2**62)


class Observation(NamedTuple):
    """A service at the instant of a result of one of its checks."""

    at: Instant
    state: Seen


@frozen
class Spoken:
    """A stretch in which a check said the same from one location.

    Attributes:
        asked: the instants of its results.
        until: when the last of them is stale.
    """

    check: str
    location: str
    state: State
    asked: Sequence[Instant]
    until: Instant


def timeline_of(
    service: Service, runs: Iterable[Run], state: Literal["down", "degraded"], stale_after: StaleAfter, until: Instant
) -> Timeline:
    """The timeline of what an escalation is about: that a service is down, or that any of its checks is less than up.

    With ``degraded``, what is degraded counts as down, and one such check is enough. The runs of a service that is
    composed of others are those of its parts' checks, which are all of `sla_engine.model.service.all_checks`.
    """
    if state == "down":
        return lay_out(service, runs, stale_after, until)
    strict = [evolve(run, state=State.DOWN) if run.state is State.DEGRADED else run for run in runs]
    return lay_out(strictly(service), strict, stale_after, until)


def spoken_in(runs: Iterable[Run], stale_after: StaleAfter) -> Iterator[Spoken]:
    """What run-lengths say."""
    for run in runs:
        until = speaks_until(run.last_at, run.interval, stale_after)
        yield Spoken(run.check, run.location, run.state, _Asked(run), until)


def sights(
    timeline: Timeline, spoken: Iterable[Spoken], state: Literal["down", "degraded"], most: int
) -> Iterator[Observation]:
    """What a service was seen to be, as far as it can matter: of each stretch of one state the first sights.

    A stretch may have lasted for months, and what is counted there is soon enough. What is unknown is left out.

    Args:
        state: what the timeline is about, as in `timeline_of`.
        most: how many sights of a stretch are wanted.
    """
    sources = _words(spoken, state)
    for segment in timeline.segments:
        near = [one for own in sources for one in _touching(own, segment)]
        sighted_at = _NEVER
        for at, asked_before in sorted(_results_in(segment, near, most)):
            if sighted_at == _NEVER or asked_before >= sighted_at:
                yield Observation(at, segment.state)
                sighted_at = at


@frozen
class _Word:
    """What was spoken, with what came before it from the same check and location.

    Attributes:
        source: the check and the location.
        says: None is the monitor's own failure.
        until: when something else is said, or nothing any more.
        asked_before: the instant of the result before.
        said_before: the last that was known by then, or None.
    """

    source: tuple[str, str]
    says: Known | None
    asked: Sequence[Instant]
    until: Instant
    asked_before: Instant
    said_before: Known | None


def _words(spoken: Iterable[Spoken], state: Literal["down", "degraded"]) -> list[list[_Word]]:
    """What each check said from each location, in order of time."""
    failing = {State.DOWN, State.DEGRADED} if state == "degraded" else {State.DOWN}
    in_order = sorted(spoken, key=lambda one: (one.check, one.location, one.asked[0]))
    return [_words_of(list(own), failing) for _, own in groupby(in_order, attrgetter("check", "location"))]


def _words_of(own: Sequence[Spoken], failing: Collection[State]) -> list[_Word]:
    words = []
    asked_before: Instant = _NEVER
    said_before: Known | None = None
    for one, following in zip_longest(own, own[1:]):
        says = _as_known(one.state, failing)
        until = one.until if following is None else min(one.until, following.asked[0])
        words.append(_Word((one.check, one.location), says, one.asked, until, asked_before, said_before))
        asked_before, said_before = one.asked[-1], says or said_before
    return words


def _touching(own: Sequence[_Word], segment: Segment) -> Sequence[_Word]:
    """Those of one source's words that have a result in a segment, and perhaps others between."""
    first = bisect_left(own, segment.start, key=lambda one: one.asked[-1])
    return own[first : bisect_left(own, segment.end, key=lambda one: one.asked[0])]


def _as_known(state: State, failing: Collection[State]) -> Known | None:
    if state is State.ERROR:
        return None
    return "down" if state in failing else "up"


def _results_in(segment: Segment, words: Sequence[_Word], most: int) -> Iterator[tuple[Instant, Instant]]:
    """The results that say what a segment is, each with the one before it of the same check and location."""
    saying = [one for one in words if one.says == segment.state]
    turned = {
        one.source
        for one in saying
        if segment.state == "up" and one.asked[0] == segment.start and one.said_before == "down"
    }
    others_from = _silent_at(turned, segment.start, words)
    for one in saying:
        # Where a service came back by what one of its checks says now, that one has to be seen again while it says so.
        start = segment.start if one.source in turned else others_from
        if one.asked[-1] < start:
            continue
        begin = bisect_left(one.asked, start)
        for index in range(begin, min(len(one.asked), begin + most)):
            if one.asked[index] >= segment.end:
                break
            yield one.asked[index], one.asked[index - 1] if index else one.asked_before


def _silent_at(sources: Collection[tuple[str, str]], start: Instant, words: Iterable[_Word]) -> Instant:
    """When the last of those that began at ``start`` to say a service is up says so no longer."""
    ends = dict.fromkeys(sources, start)
    for one in words:
        if one.says == "up" and ends.get(one.source) == one.asked[0]:
            ends[one.source] = one.until
    return max(ends.values(), default=start)


@frozen
class _Asked(Sequence[Instant]):
    """The instants of the results of a run-length.

    The first and the last are known. Those between are taken to lie an interval apart, back from the last one, as those
    of a steady schedule do; or evenly, where there is no room for that.
    """

    run: Run

    def __len__(self) -> int:
        return max(1, self.run.count)

    def __getitem__(self, index: int) -> Instant:  # type: ignore[override]  # nobody asks for a slice
        first_at, last_at, steps = self.run.first_at, self.run.last_at, len(self) - 1
        if index < 0:
            return last_at
        if index == 0 or steps == 0:
            return first_at
        if last_at - (steps - 1) * self.run.interval > first_at:
            return last_at - (steps - index) * self.run.interval
        return first_at + (last_at - first_at) * index // steps

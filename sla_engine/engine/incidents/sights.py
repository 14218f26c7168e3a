"""What a service was seen to be, and when: at the instants of those results that say so.

A service is down by what some of its checks say, and only what they say again confirms it: a part that is well and
asked more often says nothing of one that is not. So it is with its coming back. Several checks of one round are one
sight: a further result is one where its own check was asked since the last sight already.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Literal, NamedTuple, TypeAlias

from attrs import evolve, frozen

from sla_engine.evaluation.timeline import Known, Segment, Timeline, lay_out
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
    """

    check: str
    location: str
    state: State
    asked: Sequence[Instant]


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


def spoken_in(runs: Iterable[Run]) -> Iterator[Spoken]:
    """What run-lengths say."""
    for run in runs:
        yield Spoken(run.check, run.location, run.state, _Asked(run))


def sights(
    timeline: Timeline, spoken: Iterable[Spoken], state: Literal["down", "degraded"], most: int
) -> Iterator[Observation]:
    """What a service was seen to be, as far as it can matter: of each stretch of one state the first sights.

    A stretch may have lasted for months, and what is counted there is soon enough. What is unknown is left out.

    Args:
        state: what the timeline is about, as in `timeline_of`.
        most: how many sights of a stretch are wanted.
    """
    words = list(_words(spoken, state))
    for segment in timeline.segments:
        sighted_at = _NEVER
        for at, asked_before in sorted(_results_in(segment, words, most)):
            if sighted_at == _NEVER or asked_before >= sighted_at:
                yield Observation(at, segment.state)
                sighted_at = at


@frozen
class _Word:
    """What was spoken, with what came before it from the same check and location.

    Attributes:
        source: the check and the location.
        says: None is the monitor's own failure.
        asked_before: the instant of the result before.
        said_before: the last that was known by then, or None.
    """

    source: tuple[str, str]
    says: Known | None
    asked: Sequence[Instant]
    asked_before: Instant
    said_before: Known | None


def _words(spoken: Iterable[Spoken], state: Literal["down", "degraded"]) -> Iterator[_Word]:
    failing = {State.DOWN, State.DEGRADED} if state == "degraded" else {State.DOWN}
    in_order = sorted(spoken, key=lambda one: (one.check, one.location, one.asked[0]))
    for source, own in groupby(in_order, attrgetter("check", "location")):
        asked_before: Instant = _NEVER
        said_before: Known | None = None
        for one in own:
            says = _as_known(one.state, failing)
            yield _Word(source, says, one.asked, asked_before, said_before)
            asked_before, said_before = one.asked[-1], says or said_before


def _as_known(state: State, failing: Collection[State]) -> Known | None:
    if state is State.ERROR:
        return None
    return "down" if state in failing else "up"


def _results_in(segment: Segment, words: Iterable[_Word], most: int) -> Iterator[tuple[Instant, Instant]]:
    """The results that say what a segment is, each with the one before it of the same check and location."""
    saying = [one for one in words if one.says == segment.state and one.asked[0] < segment.end]
    turned = {
        one.source
        for one in saying
        if segment.state == "up" and one.asked[0] == segment.start and one.said_before == "down"
    }
    for one in saying:
        # Where a service came back by what one of its checks says now, that one is what has to be seen again.
        if (turned and one.source not in turned) or one.asked[-1] < segment.start:
            continue
        begin = bisect_left(one.asked, segment.start)
        for index in range(begin, min(len(one.asked), begin + most)):
            if one.asked[index] >= segment.end:
                break
            yield one.asked[index], one.asked[index - 1] if index else one.asked_before


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

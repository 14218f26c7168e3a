"""What a service was seen to be, and when: at the instants of its checks' results, by its timeline."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple, TypeAlias

from attrs import evolve, frozen

from sla_engine.evaluation.timeline import Segment, Timeline, lay_out
from sla_engine.model.instant import Instant
from sla_engine.model.result import Run, State
from sla_engine.model.service import Service, StaleAfter, strictly

Seen: TypeAlias = Literal["up", "down", "unknown"]


class Observation(NamedTuple):
    """A service at the instant of a result of one of its checks.

    Attributes:
        interval: microseconds until its checks are asked again.
    """

    at: Instant
    state: Seen
    interval: int


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


def observe(timeline: Timeline, asked: Iterable[tuple[Instant, int]]) -> Iterator[Observation]:
    """What a service was seen to be, at each instant at which any of its checks had a result.

    Args:
        asked: the instants in order, each with the microseconds until its checks are asked again.
    """
    segments = iter(timeline.segments)
    segment = next(segments, None)
    for at, interval in asked:
        while segment is not None and segment.end <= at:
            segment = next(segments, None)
        is_known = segment is not None and segment.start <= at
        yield Observation(at, segment.state if segment is not None and is_known else "unknown", interval)


def sights(timeline: Timeline, runs: Iterable[Run], most: int) -> Iterator[Observation]:
    """What a service was seen to be, as far as it can matter: of each stretch of one state the first sights.

    A stretch may have lasted for months, and what is counted there is soon enough. What is unknown is left out.

    Args:
        most: how many sights of a stretch are wanted of each source.
    """
    asked = [_Asked(run) for run in runs]
    for segment in timeline.segments:
        found = {at: interval for one in asked for at, interval in one.within(segment, most)}
        for at in sorted(found):
            yield Observation(at, segment.state, found[at])


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
        if index <= 0 or steps == 0:
            return first_at
        if last_at - (steps - 1) * self.run.interval > first_at:
            return last_at - (steps - index) * self.run.interval
        return first_at + (last_at - first_at) * index // steps

    def within(self, segment: Segment, most: int) -> Iterator[tuple[Instant, int]]:
        """The first instants in a segment, each with the microseconds until the next."""
        if self.run.last_at < segment.start or self.run.first_at >= segment.end:
            return
        begin = bisect_left(self, segment.start)
        for index in range(begin, min(len(self), begin + most)):
            at = self[index]
            if at >= segment.end:
                return
            yield at, self[index + 1] - at if index + 1 < len(self) else self.run.interval

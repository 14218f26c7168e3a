"""When an incident opens and when it is over.

An incident opens once a service was seen down ``confirm`` times in a row, and closes once it was seen up ``recover``
times in a row; what is not known neither confirms nor recovers. Its downtime counts from the first time, not from the
confirmation. In maintenance it is marked and does not open: what is still down when the maintenance ends opens then,
and what was just seen up only if it is seen down again before it is closed.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple, TypeAlias

from attrs import define, evolve, frozen

from sla_engine.evaluation.timeline import Timeline, lay_out
from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval, merge
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


@frozen
class Incident:
    """A service was down, for long enough that somebody should know.

    Attributes:
        began_at: the first time that it was seen down, from which its downtime counts.
        opened_at: when it was confirmed, or when the maintenance ended that it began in; None while maintenance lasts,
            and for ever where it was over before.
        ended_at: the first time that it was seen up for good, or None while it lasts.
        closed_at: when that was confirmed, or None.
        in_maintenance: whether any of it lies in maintenance.
    """

    service: str
    began_at: Instant
    opened_at: Instant | None
    ended_at: Instant | None
    closed_at: Instant | None
    in_maintenance: bool


def detect(
    service: str,
    observations: Iterable[Observation],
    *,
    confirm: int,
    recover: int,
    until: Instant,
    maintenance: Iterable[tuple[Instant, Instant]] = (),
) -> list[Incident]:
    """The incidents of a service, the earliest first; at no time are there two.

    Args:
        observations: in any order and possibly repeated.
        confirm, recover: how often in a row it must be seen down, or up.
        until: what is seen from then on is not known yet.
        maintenance: windows in which the service is worked on, in any order.
    """
    known = sorted(seen for seen in observations if seen.at < until)
    windows = merge(maintenance)
    return [
        Incident(
            service=service,
            began_at=found.began_at,
            opened_at=_opening(found, windows, known, until),
            ended_at=found.ended_at,
            closed_at=found.closed_at,
            in_maintenance=any(
                start < (until if found.closed_at is None else found.closed_at) and found.began_at < end
                for start, end in windows
            ),
        )
        for found in _confirmed(known, confirm, recover)
    ]


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


@define
class _Streak:
    """How often in a row something was seen: once an interval, as several checks of one round are one sight."""

    length: int = 0
    began_at: Instant = 0
    _counts_from: Instant = 0

    def see(self, seen: Observation) -> None:
        if not self.length:
            self.began_at = seen.at
        elif seen.at < self._counts_from:
            return
        self.length += 1
        self._counts_from = seen.at + seen.interval


@frozen
class _Confirmed:
    began_at: Instant
    confirmed_at: Instant
    ended_at: Instant | None = None
    closed_at: Instant | None = None


def _confirmed(known: Sequence[Observation], confirm: int, recover: int) -> Iterator[_Confirmed]:
    down, up = _Streak(), _Streak()
    present: _Confirmed | None = None
    for seen in known:
        if seen.state == "down":
            up = _Streak()
            down.see(seen)
            if present is None and down.length >= confirm:
                present = _Confirmed(down.began_at, seen.at)
        elif seen.state == "up":
            up.see(seen)
            if present is None or up.length >= recover:
                if present is not None:
                    yield evolve(present, ended_at=up.began_at, closed_at=seen.at)
                present, down = None, _Streak()
    if present is not None:
        yield present


def _opening(
    found: _Confirmed, windows: Sequence[Interval], known: Sequence[Observation], until: Instant
) -> Instant | None:
    """When a confirmed incident opens: at once, or out of the maintenance that it was confirmed in."""
    at: Instant | None = found.confirmed_at
    while at is not None and (window := next((one for one in windows if one.start <= at < one.end), None)) is not None:
        at = _down_from(window.end, found, known) if window.end < until else None
    return at


def _down_from(end: Instant, found: _Confirmed, known: Sequence[Observation]) -> Instant | None:
    """The first instant from the end of maintenance on at which an incident lasts and its service is down, or None."""
    if found.closed_at is not None and found.closed_at <= end:
        return None
    sights = [seen for seen in known if seen.at >= found.began_at and seen.state != "unknown"]
    if [seen.state for seen in sights if seen.at <= end][-1] == "down":
        return end
    closed_at = sights[-1].at + 1 if found.closed_at is None else found.closed_at
    return next((seen.at for seen in sights if end < seen.at < closed_at and seen.state == "down"), None)

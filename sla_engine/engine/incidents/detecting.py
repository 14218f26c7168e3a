"""When an incident opens and when it is over, by one rule.

An incident opens once a service was seen down ``confirm`` times in a row, and closes once it was seen up ``recover``
times in a row; what is not known neither confirms nor recovers. Its downtime counts from the first time, not from the
confirmation. While the service flaps, an incident that is open stays so. In maintenance it is marked and does not open:
what is still down when the maintenance ends opens then, and what was just seen up only if it is seen down again before
it is closed.
"""

from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

from attrs import define, evolve, field, frozen

from sla_engine.engine.incidents.flapping import Flapping
from sla_engine.engine.incidents.sights import Observation
from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval, merge

Phase: TypeAlias = Literal["well", "suspected", "marked", "open", "recovering", "flapping"]
"""How far a service has come: down and not confirmed is ``suspected``, and confirmed in maintenance is ``marked``."""


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
        flapped: when it was found to flap, and when to be steady again, in turn.
    """

    service: str
    began_at: Instant
    opened_at: Instant | None
    ended_at: Instant | None
    closed_at: Instant | None
    in_maintenance: bool
    flapped: tuple[Instant, ...] = ()


@frozen
class Course:
    """What following a service by one rule shows.

    Attributes:
        incidents: the earliest first; at no time are there two.
        suspected_since: the first of the times that it was seen down which are too few yet, or None.
        phase: how far it has come.
    """

    incidents: tuple[Incident, ...]
    suspected_since: Instant | None
    phase: Phase


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
    course = trace(service, observations, confirm=confirm, recover=recover, until=until, maintenance=maintenance)
    return list(course.incidents)


def trace(
    service: str,
    observations: Iterable[Observation],
    *,
    confirm: int,
    recover: int,
    until: Instant,
    maintenance: Iterable[tuple[Instant, Instant]] = (),
) -> Course:
    """As `detect`, and how far it has come by then."""
    known = sorted({seen for seen in observations if seen.at < until and seen.state != "unknown"})
    windows = merge(maintenance)
    following = _Following(confirm, recover)
    for seen in known:
        following.see(seen)
    incidents = tuple(
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
            flapped=found.flapped,
        )
        for found in following.all_found
    )
    return Course(incidents, following.suspected_since, _phase(following, incidents))


@define
class _Streak:
    """How often in a row something was seen."""

    length: int = 0
    began_at: Instant = 0

    def see(self, seen: Observation) -> None:
        if not self.length:
            self.began_at = seen.at
        self.length += 1


@frozen
class _Confirmed:
    began_at: Instant
    confirmed_at: Instant
    ended_at: Instant | None = None
    closed_at: Instant | None = None
    flapped: tuple[Instant, ...] = ()


@define
class _Following:
    """Goes through what was seen, in order of time."""

    confirm: int
    recover: int
    over: list[_Confirmed] = field(factory=list, init=False)
    present: _Confirmed | None = field(default=None, init=False)
    down: _Streak = field(factory=_Streak, init=False)
    up: _Streak = field(factory=_Streak, init=False)
    flapping: Flapping = field(factory=Flapping, init=False)

    def see(self, seen: Observation) -> None:
        self.flapping.see(seen)
        if seen.state == "down":
            self.up = _Streak()
            self.down.see(seen)
            if self.present is None and self.down.length >= self.confirm:
                self.present = _Confirmed(self.down.began_at, seen.at)
        else:
            self.up.see(seen)
        if self.present is not None:
            self._look_at_flapping(self.present, seen.at)
        self._look_at_end(seen)

    @property
    def all_found(self) -> Sequence[_Confirmed]:
        return self.over if self.present is None else [*self.over, self.present]

    @property
    def suspected_since(self) -> Instant | None:
        return self.down.began_at if self.present is None and self.down.length else None

    def _look_at_flapping(self, present: _Confirmed, at: Instant) -> None:
        if self.flapping.is_over_limit != bool(len(present.flapped) % 2):
            self.present = evolve(present, flapped=(*present.flapped, at))

    def _look_at_end(self, seen: Observation) -> None:
        if seen.state != "up":
            return
        if self.present is None:
            self.down = _Streak()
        elif self.up.length >= self.recover and not self.flapping.is_over_limit:
            self.over.append(evolve(self.present, ended_at=self.up.began_at, closed_at=seen.at))
            self.present, self.down = None, _Streak()


def _phase(following: _Following, incidents: Sequence[Incident]) -> Phase:
    if following.present is None:
        return "well" if following.suspected_since is None else "suspected"
    if incidents[-1].opened_at is None:
        return "marked"
    if following.flapping.is_over_limit:
        return "flapping"
    return "recovering" if following.up.length else "open"


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
    sights = [seen for seen in known if seen.at >= found.began_at]
    if [seen.state for seen in sights if seen.at <= end][-1] == "down":
        return end
    closed_at = sights[-1].at + 1 if found.closed_at is None else found.closed_at
    return next((seen.at for seen in sights if end < seen.at < closed_at and seen.state == "down"), None)

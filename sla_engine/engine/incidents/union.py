"""One incident of a service at a time: the union of what its tracks show where they overlap."""

from collections.abc import Iterable, Iterator, Sequence

from attrs import field, frozen

from sla_engine.engine.incidents.detecting import Incident
from sla_engine.engine.incidents.rules import Rule
from sla_engine.engine.incidents.tracks import Track, down_at
from sla_engine.evaluation.timeline import Segment
from sla_engine.model.incident import IncidentEvent, IncidentState
from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval, merge

FOREVER: Instant = 2**62
"""Where something that lasts is taken to end, for comparing."""


@frozen
class Part:
    """One track's share of an incident.

    Attributes:
        rule: of the track; escalations that have it count their steps from the part's opening.
        incident: as that rule alone shows it.
    """

    rule: Rule
    incident: Incident

    @property
    def is_open(self) -> bool:
        """Whether it was opened and is not closed."""
        return self.incident.opened_at is not None and self.incident.closed_at is None


@frozen
class Found:
    """An incident as the results show it.

    Attributes:
        parts: what it is made of, the earliest first.
        cause: the segment in which the service was seen to fail when it opened, or began where it has not opened.
        maintenance_at: from when on any of it lies in maintenance, or None.
        is_doubtful: whether it is kept from being over by a track that may yet confirm that it goes on.
    """

    service: str
    parts: tuple[Part, ...]
    cause: Segment | None = field(default=None, eq=False)
    maintenance_at: Instant | None = None
    is_doubtful: bool = False

    @property
    def began_at(self) -> Instant:
        """The first time that the service was seen to fail."""
        return min(part.incident.began_at for part in self.parts)

    @property
    def opened_at(self) -> Instant | None:
        """When the first of its parts opened, or None."""
        return min(
            (part.incident.opened_at for part in self.parts if part.incident.opened_at is not None), default=None
        )

    @property
    def closed_at(self) -> Instant | None:
        """When the last of its parts closed, or None while any lasts."""
        ends = [part.incident.closed_at for part in self.parts]
        return None if self.is_doubtful or None in ends else max(end for end in ends if end is not None)

    @property
    def ended_at(self) -> Instant | None:
        """From when on the service was seen up, or None while it lasts."""
        if self.closed_at is None:
            return None
        return max(part.incident.ended_at for part in self.parts if part.incident.ended_at is not None)

    @property
    def state(self) -> IncidentState:
        """What it is now, or was last: down while it is so by any rule about that."""
        changes = list(_states(self))
        return changes[-1][1] if changes else _worst(self.parts)

    def story(self) -> list[IncidentEvent]:
        """What happened to it by itself, in order of time."""
        opened_at, closed_at = self.opened_at, self.closed_at
        happened = [] if self.maintenance_at is None else [IncidentEvent(self.maintenance_at, "maintenance")]
        if opened_at is not None:
            states = list(_states(self))
            happened.append(IncidentEvent(opened_at, "opened", detail={"state": states[0][1], **_seen(self.cause)}))
            happened += [IncidentEvent(at, state) for at, state in states[1:]]
            for start, end in _flapping(self.parts):
                happened.append(IncidentEvent(max(start, opened_at), "flapping"))
                if end < FOREVER:
                    happened.append(IncidentEvent(max(end, opened_at), "steady"))
        if closed_at is not None:
            happened.append(IncidentEvent(closed_at, "closed"))
        return sorted(happened, key=lambda event: event.at)


def union(tracks: Sequence[Track], works: Sequence[Interval] = ()) -> list[Found]:
    """The incidents of a service, the earliest first; no two of them overlap.

    Args:
        works: maintenance in which it is worked on.
    """
    parts = sorted(
        (Part(track.rule, incident) for track in tracks for incident in track.course.incidents),
        key=lambda part: (part.incident.began_at, part.rule),
    )
    groups: list[list[Part]] = []
    for part in parts:
        if groups and part.incident.began_at < max(_end(other) for other in groups[-1]):
            groups[-1].append(part)
        else:
            groups.append([part])
    doubts = [track.course.suspected_since for track in tracks if track.course.suspected_since is not None]
    return [
        Found(
            service=own[0].incident.service,
            parts=tuple(own),
            cause=_cause(own, tracks),
            maintenance_at=_maintenance_from(own, works),
            is_doubtful=any(since < max(_end(part) for part in own) for since in doubts),
        )
        for own in groups
    ]


def _end(part: Part) -> Instant:
    return FOREVER if part.incident.closed_at is None else part.incident.closed_at


def _maintenance_from(parts: Iterable[Part], works: Iterable[Interval]) -> Instant | None:
    """The first instant at which any of them lies in maintenance as far as is known."""
    marked = [part for part in parts if part.incident.in_maintenance]
    touched = [
        max(start, part.incident.began_at)
        for part in marked
        for start, end in works
        if start < _end(part) and part.incident.began_at < end
    ]
    return min(touched, default=None)


def _cause(parts: Iterable[Part], tracks: Iterable[Track]) -> Segment | None:
    first = min(parts, key=lambda part: (part.incident.opened_at or FOREVER, part.incident.began_at))
    timeline = next(track.timeline for track in tracks if track.rule == first.rule)
    return down_at(timeline, first.incident.opened_at or first.incident.began_at)


def _states(found: Found) -> Iterator[tuple[Instant, IncidentState]]:
    """What an incident was from when on, beginning with its opening."""
    opened = [part for part in found.parts if part.incident.opened_at is not None]
    moments = {at for part in opened for at in (part.incident.opened_at, part.incident.closed_at) if at is not None}
    previous: IncidentState | None = None
    for at in sorted(moments - {found.closed_at}):
        state: IncidentState = "down" if any(_is_down_at(part, at) for part in opened) else "degraded"
        if state != previous:
            yield at, state
        previous = state


def _is_down_at(part: Part, at: Instant) -> bool:
    opened_at = part.incident.opened_at
    return part.rule.state == "down" and opened_at is not None and opened_at <= at < _end(part)


def _worst(parts: Iterable[Part]) -> IncidentState:
    return "down" if any(part.rule.state == "down" for part in parts) else "degraded"


def _flapping(parts: Iterable[Part]) -> list[tuple[Instant, Instant]]:
    """When any of the tracks flapped."""
    found = []
    for part in parts:
        turns = [*part.incident.flapped, FOREVER]
        found += [(turns[at], turns[at + 1]) for at in range(0, len(turns) - 1, 2)]
    return [(start, end) for start, end in merge(found)]


def _seen(cause: Segment | None) -> dict[str, str | None]:
    return {} if cause is None else {"check": cause.check, "reason": cause.reason}

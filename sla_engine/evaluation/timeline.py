"""From results to the states of a service over time.

A result speaks from its scheduled instant until the next result of that check and location, and no longer than the
profile lets it; what nobody speaks for is unknown. Locations agree by majority, and checks make the service's state by
its rule, with unknown as a third value.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, TypeAlias

from attrs import frozen

from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval
from sla_engine.model.result import Run, State
from sla_engine.model.service import AtLeast, Service, StaleAfter

Known: TypeAlias = Literal["up", "down"]
_Source: TypeAlias = tuple[str, str]


@frozen
class Segment:
    """A stretch in which a service's state is known and the same.

    Attributes:
        check, reason: of a down segment, which check first said so and what it saw.
    """

    span: Interval
    state: Known
    check: str = ""
    reason: str | None = None


@frozen
class Timeline:
    """The known states of a service, in order; between the segments nothing is known."""

    segments: tuple[Segment, ...]

    def intervals(self, state: Known) -> list[Interval]:
        """When the service was in a state."""
        return [segment.span for segment in self.segments if segment.state == state]


@frozen
class _Change:
    """From an instant on, a source says something else; None is that it says nothing."""

    at: Instant
    source: _Source
    state: State | None
    reason: str | None


def lay_out(service: Service, runs: Iterable[Run], stale_after: StaleAfter, until: Instant) -> Timeline:
    """The timeline of a service from the first of its results until ``until``.

    Args:
        runs: of any checks, in any order; those of other services are left out.
        until: what is later is not known yet.
    """
    wanted = {check.id for check in service.checks}
    changes = sorted(_changes(runs, wanted, stale_after, until), key=lambda change: change.at)
    return Timeline(tuple(_segments(service, changes, until)))


def _changes(runs: Iterable[Run], wanted: set[str], stale_after: StaleAfter, until: Instant) -> Iterator[_Change]:
    by_source: dict[_Source, list[Run]] = {}
    for run in runs:
        if run.check in wanted and run.first_at < until:
            by_source.setdefault((run.check, run.location), []).append(run)
    for source, own in by_source.items():
        own.sort(key=lambda run: run.first_at)
        for position, run in enumerate(own):
            stale_at = run.last_at + int(stale_after.intervals * run.interval)
            yield _Change(run.first_at, source, run.state, run.reason)
            following = own[position + 1].first_at if position + 1 < len(own) else None
            if following is None or stale_at < following:
                yield _Change(stale_at, source, None, None)


def _segments(service: Service, changes: Sequence[_Change], until: Instant) -> Iterator[Segment]:
    says: dict[_Source, _Change] = {}
    present: Segment | None = None
    position = 0
    while position < len(changes) and changes[position].at < until:
        at = changes[position].at
        while position < len(changes) and changes[position].at == at:
            says[changes[position].source] = changes[position]
            position += 1
        state, cause = _judge(service, says)
        if present is not None and present.state == state:
            continue
        if present is not None:
            yield _ending(present, at)
        present = None
        if state is not None:
            start = Interval(at, at)
            present = Segment(start, state, cause.source[0] if cause else "", cause.reason if cause else None)
    if present is not None:
        yield _ending(present, until)


def _ending(segment: Segment, at: Instant) -> Segment:
    return Segment(Interval(segment.span.start, at), segment.state, segment.check, segment.reason)


def _judge(service: Service, says: dict[_Source, _Change]) -> tuple[Known | None, _Change | None]:
    """The service's state, and where it is down the word that made it so."""
    states: list[Known | None] = []
    cause: _Change | None = None
    for check in service.checks:
        heard = [change for (name, _), change in says.items() if name == check.id and _is_heard(change)]
        states.append(check_state([change.state for change in heard if change.state is not None], service.agree))
        if states[-1] == "down" and cause is None:
            cause = min((change for change in heard if change.state is State.DOWN), key=lambda change: change.at)
    state = service_state(states, service)
    return state, cause if state == "down" else None


def _is_heard(change: _Change) -> bool:
    """Whether it says anything of the target: the monitor's own failure does not."""
    return change.state is not None and change.state is not State.ERROR


def check_state(heard: Sequence[State], agree: int | None) -> Known | None:
    """A check is down where a strict majority of the locations that are heard says so, or ``agree`` of them."""
    if not heard:
        return None
    down = sum(state is State.DOWN for state in heard)
    return "down" if (down >= agree if agree is not None else 2 * down > len(heard)) else "up"


def service_state(checks: Sequence[Known | None], service: Service) -> Known | None:
    """The service's state by its rule, three-valued: unknown only where the unknown could decide."""
    if not checks:
        return None
    up, unknown = checks.count("up"), checks.count(None)
    if service.up_when == "all":
        needed = len(checks)
    else:
        needed = service.up_when.count if isinstance(service.up_when, AtLeast) else 1
    if up >= needed:
        return "up"
    return "down" if up + unknown < needed else None

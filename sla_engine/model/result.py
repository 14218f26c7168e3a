"""What probing a service found, once per check, location and scheduled instant."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from attrs import evolve, field, frozen

from sla_engine.model.instant import Instant


class State(StrEnum):
    """What one run of a check says of its target.

    ``DEGRADED`` counts as up. ``ERROR`` is the monitor's own failure, so it is unknown and never down.
    """

    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"
    ERROR = "error"


@frozen
class Result:
    """One run of one check from one location; written once, never changed.

    Attributes:
        check: ``service/name``.
        at: the instant for which the run was scheduled; with check and location it identifies the result.
        state: what was found.
        interval: microseconds until the next scheduled run, so how long a result is meant to speak.
        location: where it ran; ``""`` is the engine itself.
        latency: microseconds from the first byte sent to the verdict, or None where nothing was measured.
        reason: why the state is not up, for people; None where it is.
        phases: microseconds of each named stage.
        lateness: microseconds by which the run started after its instant.
    """

    check: str
    at: Instant
    state: State
    interval: int
    location: str = ""
    latency: int | None = None
    reason: str | None = None
    phases: Mapping[str, int] = field(factory=dict)
    lateness: int = 0


@frozen
class Run:
    """A run-length of results: consecutive ones of one check and location that say the same.

    No scheduled instant is missing inside a run (each next result came no later than the interval of the one before),
    so what it says holds from ``first_at`` until the next run begins, or until its last result is stale.

    Attributes:
        check: ``service/name``.
        location: where it was probed from.
        state: what all of its results say.
        first_at: the scheduled instant of its first result.
        last_at: the scheduled instant of its last result.
        interval: microseconds for which the last result is meant to speak.
        count: how many results.
        reason: of its first result.
    """

    check: str
    location: str
    state: State
    first_at: Instant
    last_at: Instant
    interval: int
    count: int
    reason: str | None = None


def unique_results(results: Iterable[Result]) -> list[Result]:
    """Each result once, sorted by check, location and time.

    Of two results with one identity (check, location, instant) the same one wins whatever the order of arrival: the
    smaller by state, then by reason, then the faster, then the one that is meant to speak for less time.
    """
    unique: list[Result] = []
    identity = None
    for result in sorted(results, key=_order):
        if identity != (result.check, result.location, result.at):
            identity = result.check, result.location, result.at
            unique.append(result)
    return unique


def run_lengths(results: Iterable[Result]) -> list[Run]:
    """Compress results, in any order and possibly repeated, into runs sorted by check, location and time."""
    unique = unique_results(results)
    runs: list[Run] = []
    first = 0
    for position, last in enumerate(unique):
        following = unique[position + 1] if position + 1 < len(unique) else None
        if following is None or not _is_continued(last, following):
            begin, count = unique[first], position + 1 - first
            runs.append(
                Run(last.check, last.location, last.state, begin.at, last.at, last.interval, count, begin.reason)
            )
            first = position + 1
    return runs


def single(result: Result) -> Run:
    """The run of one result."""
    return Run(result.check, result.location, result.state, result.at, result.at, result.interval, 1, result.reason)


def lengthened(run: Run, result: Result) -> Run:
    """A run with one more result, which must continue it."""
    return evolve(run, last_at=result.at, interval=result.interval, count=run.count + 1)


def continues(run: Run, result: Result) -> bool:
    """Whether a later result lengthens a run: same check, place and state, and no scheduled instant missed between."""
    return (
        run.check == result.check
        and run.location == result.location
        and run.state == result.state
        and result.at - run.last_at <= run.interval
    )


def _is_continued(result: Result, following: Result) -> bool:
    return (
        following.at - result.at <= result.interval
        and following.state is result.state
        and following.location == result.location
        and following.check == result.check
    )


def _order(result: Result) -> tuple[str, str, Instant, State, str, int, int]:
    latency = -1 if result.latency is None else result.latency
    return result.check, result.location, result.at, result.state, result.reason or "", latency, result.interval

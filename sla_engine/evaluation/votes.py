"""Who speaks for a service at an instant, and what that makes of its checks, its parts and itself."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter

from attrs import frozen

from sla_engine.evaluation.timeline import Known, check_state, service_state, speaks_until
from sla_engine.model.instant import Instant
from sla_engine.model.result import Result, State, unique_results
from sla_engine.model.service import Check, Service, StaleAfter, all_checks, with_parts


@frozen
class Voice:
    """The latest result of a check from one location.

    Attributes:
        speaks_until: up to when it speaks, at the latest.
        says: up or down, or None where it is stale or the monitor's own failure.
    """

    result: Result
    speaks_until: Instant
    says: Known | None

    def is_stale(self, at: Instant) -> bool:
        """Whether it speaks no longer."""
        return at >= self.speaks_until


@frozen
class Opinion:
    """What the locations make of a check.

    Attributes:
        up, down: how many of them say so.
        says: what that makes together, or None for unknown.
    """

    check: str
    voices: tuple[Voice, ...]
    up: int
    down: int
    says: Known | None


@frozen
class Vote:
    """What the checks of a service make of it, or its parts where it is composed of others.

    Attributes:
        opinions: of its own checks.
        up, down: how many of the checks or parts say so.
        says: what that makes together, or None for unknown.
    """

    service: Service
    opinions: tuple[Opinion, ...]
    up: int
    down: int
    says: Known | None

    @property
    def voices(self) -> list[Voice]:
        """Of all its own checks."""
        return [voice for opinion in self.opinions for voice in opinion.voices]

    @property
    def count(self) -> int:
        """How many checks or parts there are."""
        return len(self.service.parts or self.opinions)


def votes_on(
    service: Service, results: Sequence[Result], stale_after: StaleAfter, at: Instant, now: Instant
) -> Iterator[Vote]:
    """What is made of it at an instant, and of all that it is composed of, parts before what they make.

    Args:
        results: in any order; those that were scheduled at or after ``now`` do not exist yet.
    """
    latest = _latest(all_checks([service]), results, at, now)
    said: dict[str, Known | None] = {}
    for each in with_parts(service):
        opinions = tuple(_opinion(check.id, latest[check.id], each.agree, stale_after, at) for check in each.checks)
        says = [said[part.id] for part in each.parts] or [opinion.says for opinion in opinions]
        up, down = says.count("up"), says.count("down")
        said[each.id] = service_state(up, down, len(says), each.up_when)
        yield Vote(each, opinions, up, down, said[each.id])


def _latest(
    checks: Iterable[Check], results: Sequence[Result], at: Instant, now: Instant
) -> Mapping[str, Sequence[Result]]:
    """The latest result of each check from each location."""
    known = unique_results(result for result in results if result.at <= at and result.at < now)
    latest: dict[str, list[Result]] = {check.id: [] for check in checks}
    for (check, _), own in groupby(known, key=attrgetter("check", "location")):
        if check in latest:
            latest[check].append(list(own)[-1])
    return latest


def _opinion(check: str, heard: Iterable[Result], agree: int | None, stale_after: StaleAfter, at: Instant) -> Opinion:
    voices = tuple(_voice(result, stale_after, at) for result in heard)
    says = [voice.says for voice in voices]
    up, down = says.count("up"), says.count("down")
    return Opinion(check, voices, up, down, check_state(up, down, agree))


def _voice(result: Result, stale_after: StaleAfter, at: Instant) -> Voice:
    until = speaks_until(result.at, result.interval, stale_after)
    if at >= until or result.state is State.ERROR:
        return Voice(result, until, None)
    return Voice(result, until, "down" if result.state is State.DOWN else "up")

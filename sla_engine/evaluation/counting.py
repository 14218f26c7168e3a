"""Availability by counting checks, or by the mean error rate of slots, instead of by elapsed time."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from fractions import Fraction

from sla_engine.evaluation.agreed import Scope
from sla_engine.model.duration import Duration
from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval
from sla_engine.model.result import Result, State, unique_results


def checks_ratio(checks: Collection[str], results: Iterable[Result], judged: Sequence[Interval]) -> Fraction | None:
    """Good over valid checks; None where there is no valid one. The monitor's own failures are not valid."""
    good = valid = 0
    for result in valid_results(checks, results, judged):
        valid += 1
        good += result.state is not State.DOWN
    return Fraction(good, valid) if valid else None


def slots_ratio(checks: Collection[str], results: Iterable[Result], scope: Scope, slot: Duration) -> Fraction | None:
    """One less the mean error rate of the slots (the measure of AWS S3); a slot without checks has no errors.

    Slots are laid from the start of the period, and those that touch the time to be judged take part.
    """
    length, start = slot.microseconds, scope.period.start
    counts: dict[int, list[int]] = {}
    for result in valid_results(checks, results, scope.judged):
        bad_and_all = counts.setdefault((result.at - start) // length, [0, 0])
        bad_and_all[0] += result.state is State.DOWN
        bad_and_all[1] += 1
    if not counts:
        return None
    slots = _count_slots(scope.judged, start, length)
    return 1 - sum((Fraction(bad, valid) for bad, valid in counts.values()), start=Fraction(0)) / slots


def valid_results(checks: Collection[str], results: Iterable[Result], judged: Sequence[Interval]) -> Iterator[Result]:
    """The results of some checks that fall into the time to be judged and say something of the target, each once."""
    starts = [interval.start for interval in judged]
    wanted = set(checks)
    for result in unique_results(results):
        if result.check in wanted and result.state is not State.ERROR and _lies_in(judged, starts, result.at):
            yield result


def _lies_in(judged: Sequence[Interval], starts: Sequence[Instant], at: Instant) -> bool:
    position = bisect_right(starts, at) - 1
    return position >= 0 and at < judged[position].end


def _count_slots(judged: Sequence[Interval], start: Instant, length: int) -> int:
    count, following = 0, 0
    for interval in judged:
        first, end = (interval.start - start) // length, -((start - interval.end) // length)
        count += max(0, end - max(first, following))
        following = max(following, end)
    return count

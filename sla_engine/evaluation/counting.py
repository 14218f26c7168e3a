"""Availability by counting checks, or by the mean error rate of slots, instead of by elapsed time."""

from collections.abc import Collection, Iterable, Sequence
from fractions import Fraction

from sla_engine.evaluation.agreed import Scope
from sla_engine.model.accounting import Accounting
from sla_engine.model.result import Result, State, unique_results
from sla_engine.model.service import Service, all_checks, with_parts


def checks_ratio(
    service: Service, results: Iterable[Result], scope: Scope, accounting: Accounting
) -> tuple[Fraction | None, int]:
    """Good over valid checks, and the microseconds that the valid ones stand for; no share where there is none.

    A check stands for its interval, in equal parts with those that are due beside it. So the bad ones have used up the
    budget of a period that runs on as soon as the checks that are still to come cannot make up for them.
    """
    sources = sum(len(each.checks) * len(each.locations) for each in with_parts(service))
    good = valid = spoken = 0
    for result, is_good in attempts([check.id for check in all_checks([service])], results, scope, accounting):
        valid += 1
        good += is_good
        spoken += result.interval
    counting = scope.elapsed if accounting.maintenance == "credit" else scope.judged
    return (Fraction(good, valid) if valid else None), min(spoken // sources, counting.length)


def slots_ratio(service: Service, results: Iterable[Result], scope: Scope, accounting: Accounting) -> Fraction | None:
    """One less the mean error rate of the slots (the measure of AWS S3); a slot without checks has no errors.

    By ``slot_errors`` a slot is all bad or not at all, which makes them the downtime minutes of Google's cloud SLAs.

    Slots are laid from the start of the period, and those that touch the time to be judged take part. None where no
    slot has any check.
    """
    length, start = accounting.slot.microseconds, scope.period.start
    counts: dict[int, list[int]] = {}
    for result, is_good in attempts([check.id for check in all_checks([service])], results, scope, accounting):
        bad_and_all = counts.setdefault((result.at - start) // length, [0, 0])
        bad_and_all[0] += not is_good
        bad_and_all[1] += 1
    if not counts:
        return None
    errors = sum((error_rate(bad, valid, accounting) for bad, valid in counts.values() if bad), start=Fraction(0))
    return 1 - errors / count_slots(scope, accounting)


def error_rate(bad: int, valid: int, accounting: Accounting) -> Fraction:
    """How bad a slot is, from 0 to 1, where so many of its checks are."""
    if valid < max(1, accounting.slot_checks):
        return Fraction(0)
    rate = Fraction(bad, valid)
    if accounting.slot_errors is None:
        return rate
    return Fraction(rate > accounting.slot_errors.ratio)


def attempts(
    checks: Collection[str], results: Iterable[Result], scope: Scope, accounting: Accounting
) -> Sequence[tuple[Result, bool]]:
    """Each valid check once, and whether it was good.

    The monitor's own failures are what the profile makes of the unknown, and where maintenance is credited every
    check in it is good. But where nothing is known of the time to be judged, neither makes anything of it.
    """
    is_credited, is_anything_known = accounting.maintenance == "credit", False
    wanted = set(checks)
    found = []
    for result in unique_results(result for result in results if result.check in wanted):
        if is_credited and scope.taken_out.holds(result.at):
            found.append((result, True))
        elif scope.judged.holds(result.at):
            if result.state is not State.ERROR:
                is_anything_known = True
                found.append((result, result.state is not State.DOWN))
            elif accounting.unknown != "exclude":
                found.append((result, accounting.unknown == "up"))
    return found if is_anything_known else []


def count_slots(scope: Scope, accounting: Accounting) -> int:
    """The slots that touch the time to be judged, or, where maintenance is credited, the elapsed time."""
    start, length = scope.period.start, accounting.slot.microseconds
    judged = scope.elapsed if accounting.maintenance == "credit" else scope.judged
    count, following = 0, 0
    for interval in judged.intervals:
        first, end = (interval.start - start) // length, -((start - interval.end) // length)
        count += max(0, end - max(first, following))
        following = max(following, end)
    return count

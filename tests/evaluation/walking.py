"""Judgement as a person would do it, slowly: time is cut wherever anything may change, and each piece is looked at.

Nothing of the engine is used but the facts themselves. Open time is read from a clock on the wall, states from single
results, and every piece is as long as it is, to the microsecond.
"""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from itertools import groupby, pairwise
from operator import itemgetter

from sla_engine.model.accounting import Accounting
from sla_engine.model.instant import MINUTE, Instant, to_datetime
from sla_engine.model.interval import Interval
from sla_engine.model.result import Result
from tests.evaluation.drawing import Case

QUARTER = 15 * MINUTE
"""Windows, and the changes of clocks of all the zones, lie on quarters of an hour."""


def walked(case: Case) -> dict[str, int]:
    """Microseconds of each kind of time, of ``real`` down time, of ``agreed`` time and of ``spare``, excluded."""
    found = dict.fromkeys(["up", "down", "unknown", "excluded", "unscheduled", "real", "agreed", "spare"], 0)
    states = _states(case)
    for piece, is_agreed, is_excluded in _pieces(case):
        found["agreed"] += piece.length * is_agreed
        found["spare"] += piece.length * is_excluded
        if not is_agreed or piece.start >= case.now:
            found["unscheduled"] += piece.length
            continue
        state = states[bisect_right(states, piece.start, key=itemgetter(0)) - 1][1]
        found["real"] += piece.length * (state in {"down", "short"})
        found["excluded" if is_excluded else "up" if state == "short" else state] += piece.length
    return found


def share(case: Case) -> Fraction | None:
    """What the profile makes of the period."""
    return {"time": _share_of_time, "checks": _share_of_checks, "slots": _share_of_slots}[
        case.contract.accounting.measure
    ](case)


def _share_of_time(case: Case) -> Fraction | None:
    kinds, accounting = walked(case), case.contract.accounting
    if not kinds["up"] + kinds["down"]:
        return None
    good = kinds["up"] + (kinds["unknown"] if accounting.unknown == "up" else 0)
    good += kinds["excluded"] if accounting.maintenance == "credit" else 0
    bad = kinds["down"] + (kinds["unknown"] if accounting.unknown == "down" else 0)
    return Fraction(good, good + bad)


def _share_of_checks(case: Case) -> Fraction | None:
    verdicts = [is_good for _, is_good in _attempts(case)]
    return Fraction(sum(verdicts), len(verdicts)) if verdicts and _is_anything_known(case) else None


def _share_of_slots(case: Case) -> Fraction | None:
    start, length = case.period.start, case.contract.accounting.slot.microseconds
    slots: dict[int, list[bool]] = {}
    for piece, is_agreed, is_excluded in _pieces(case):
        is_credited = case.contract.accounting.maintenance == "credit"
        if is_agreed and piece.start < case.now and (is_credited or not is_excluded):
            slots.setdefault((piece.start - start) // length, [])
    for at, is_good in _attempts(case):
        slots[(at - start) // length].append(is_good)
    if not _is_anything_known(case):
        return None
    rates = [_error_rate(seen, case.contract.accounting) for seen in slots.values()]
    return 1 - sum(rates) / len(rates)


def _error_rate(seen: list[bool], accounting: Accounting) -> Fraction:
    if not seen or len(seen) < accounting.slot_checks:
        return Fraction(0)
    share_of_bad = Fraction(seen.count(False), len(seen))
    if accounting.slot_errors is not None:
        return Fraction(1) if share_of_bad > accounting.slot_errors.ratio else Fraction(0)
    return share_of_bad


def _attempts(case: Case) -> Iterator[tuple[Instant, bool]]:
    accounting = case.contract.accounting
    for result, is_excluded in _judged_results(case):
        if is_excluded:
            if accounting.maintenance == "credit":
                yield result.at, True
        elif result.state != "error":
            yield result.at, result.state != "down"
        elif accounting.unknown != "exclude":
            yield result.at, accounting.unknown == "up"


def _is_anything_known(case: Case) -> bool:
    return any(result.state != "error" and not is_excluded for result, is_excluded in _judged_results(case))


def _judged_results(case: Case) -> Iterator[tuple[Result, bool]]:
    """Each result in elapsed agreed time once, and whether it lies in time that is taken out."""
    once = {(result.check, result.location, result.at): result for result in case.results}
    pieces = _pieces(case)
    for result in once.values():
        for piece, is_agreed, is_excluded in pieces:
            if piece.start <= result.at < piece.end and is_agreed and result.at < case.now:
                yield result, is_excluded


def _pieces(case: Case) -> list[tuple[Interval, bool, bool]]:
    """The period in pieces, each either agreed or not, and excluded or not."""
    accounting, cap_used, pieces = case.contract.accounting, 0, []
    for start, end in pairwise(_edges(case)):
        is_agreed = _is_agreed(case, start)
        is_excluded = any(one.window.start <= start < one.window.end for one in case.exclusions)
        cap = accounting.maintenance_cap
        left = end - start if cap is None else min(end - start, cap.microseconds - cap_used)
        if not is_agreed or accounting.maintenance == "count":
            pieces.append((Interval(start, end), is_agreed, False))
        elif not _is_maintained(case, start):
            pieces.append((Interval(start, end), True, is_excluded))
        else:
            cap_used += left
            pieces.append((Interval(start, start + left), True, True))
            pieces.append((Interval(start + left, end), True, is_excluded))
    return [piece for piece in pieces if piece[0].length]


def _edges(case: Case) -> list[Instant]:
    """Every instant of the period at which anything may change."""
    start, end = case.period.start, case.period.end
    edges = {start, end, case.now, *_moments_of_results(case)}
    edges.update(range(start - start % QUARTER, end, QUARTER))
    edges.update(range(start, end, case.contract.accounting.slot.microseconds))
    edges.update(edge for one in (*case.maintenance, *case.exclusions) for edge in one.window)
    return sorted(edge for edge in edges if start <= edge <= end)


def _moments_of_results(case: Case) -> set[Instant]:
    """When results begin to speak and when they are stale."""
    times = case.contract.accounting.stale_after.intervals
    return {at for one in case.results for at in (one.at, one.at + int(times * one.interval))}


def _is_agreed(case: Case, at: Instant) -> bool:
    contract = case.contract
    local = to_datetime(at, contract.timezone.tz)
    if contract.since is not None and local.date() < contract.since:
        return False
    if contract.until is not None and local.date() >= contract.until:
        return False
    if contract.availability[0].during == "always":
        return True
    hours, minute = contract.calendars["office"].rule.hours, local.hour * 60 + local.minute
    today, yesterday = local.weekday(), (local.date() - timedelta(days=1)).weekday()
    return any(opens <= minute < (closes if closes > opens else 24 * 60) for opens, closes in hours[today]) or any(
        closes <= opens and minute < closes for opens, closes in hours[yesterday]
    )


def _is_maintained(case: Case, at: Instant) -> bool:
    notice = case.contract.accounting.maintenance_notice.microseconds
    return any(
        one.window.start <= at < one.window.end
        and one.announced_at is not None
        and one.announced_at + notice <= one.window.start
        for one in case.maintenance
    )


def _states(case: Case) -> list[tuple[Instant, str]]:
    """From when on what is known of the service; ``short`` where it is down for too short a time to count."""
    moments = sorted({*_moments_of_results(case), case.period.start, case.now})
    states: list[tuple[Instant, str]] = []
    known = pairwise(at for at in moments if at <= case.now)
    for state, pieces in groupby(known, lambda piece: _state_at(case, piece[0])):
        run = list(pieces)
        is_short = state == "down" and run[-1][1] - run[0][0] < case.contract.accounting.min_outage.microseconds
        states.append((run[0][0], "short" if is_short else state))
    return states


def _state_at(case: Case, at: Instant) -> str:
    service, times = case.contract.services["api"], case.contract.accounting.stale_after.intervals
    up = down = 0
    for check in service.checks:
        latest: dict[str, Result] = {}
        for one in case.results:
            if (
                one.check == check.id
                and one.at <= at
                and (one.location not in latest or one.at > latest[one.location].at)
            ):
                latest[one.location] = one
        heard = [one.state for one in latest.values() if at < one.at + int(times * one.interval)]
        bad = sum(state == "down" for state in heard)
        good = sum(state in {"up", "degraded"} for state in heard)
        is_down = bad > good if service.agree is None else bad >= service.agree
        down += is_down
        up += not is_down and good > 0
    needed = {"all": len(service.checks), "any": 1}.get(str(service.up_when)) or getattr(service.up_when, "count", 0)
    if needed > len(service.checks):
        return "unknown"
    return "up" if up >= needed else "down" if len(service.checks) - down < needed else "unknown"

"""A scenario drafted from what really happened, so that a person only edits what is expected of it.

What is drafted passes as it stands: its expectations are what comes of itself. Instants are cut to milliseconds, which
moves a change of state by less than that.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from sla_engine.engine.escalation.foretelling import Told
from sla_engine.exchange.scenarios.agreements import Agreement
from sla_engine.exchange.scenarios.alarms import Alarm
from sla_engine.exchange.scenarios.checking import known_levels
from sla_engine.exchange.scenarios.judging import Outcome, outcome_of
from sla_engine.exchange.scenarios.moments import write_length, write_moment
from sla_engine.exchange.scenarios.reading import check_id
from sla_engine.exchange.scenarios.series import Stretch, write_series
from sla_engine.exchange.scenarios.tables import ScenarioTable
from sla_engine.model.duration import Duration
from sla_engine.model.instant import MILLISECOND, Instant, to_datetime
from sla_engine.model.percent import format_percent
from sla_engine.model.result import Run, State
from sla_engine.model.service import with_parts
from sla_engine.model.ticket import TicketEvent
from sla_engine.model.verdict import AvailabilityVerdict, ResponseVerdict
from sla_engine.policy import PolicySet
from sla_engine.policy.structure import structure


@frozen
class Recorded:
    """What happened, as far as it is known.

    Attributes:
        tickets: of those that the agreement covers.
        now: up to when.
    """

    runs: Sequence[Run]
    tickets: Sequence[TicketEvent]
    now: Instant


def draft(name: str, period: str, agreement: Agreement, recorded: Recorded, policies: PolicySet) -> str:
    """A scenario file that holds what happened in a period, and what an agreement and the escalations make of it.

    Raises:
        ValueError: the name is no id, or nothing can have happened yet.
    """
    import tomli_w

    check_id(name)
    if recorded.now <= agreement.period.start:
        raise ValueError(f"{period} has not begun yet")
    given = _given(period, agreement, recorded, policies)
    table, faults = structure(given | {"expect": [_holder(agreement)], "expect_incident": []}, ScenarioTable)
    assert not faults, faults
    expected = _expected(agreement, outcome_of(table, policies))
    return tomli_w.dumps({"scenario": {name: {**given, **expected}}})


def stretches(runs: Iterable[Run], start: Instant, until: Instant) -> Iterator[Stretch]:
    """The series of one check from one location; the last stretch, which holds to the end, has no length."""
    cursor = start
    known = sorted((run for run in runs if run.first_at < until), key=lambda run: run.first_at)
    for position, run in enumerate(known):
        following = known[position + 1].first_at if position + 1 < len(known) else until
        begin, end = max(run.first_at, start), min(run.last_at + run.interval, following)
        if end <= cursor:
            continue
        yield from _stretch(None, cursor, begin, start, until)
        yield from _stretch(run.state, max(begin, cursor), end, start, until)
        cursor = end
    yield from _stretch(None, cursor, until, start, until)


def _stretch(state: State | None, begin: Instant, end: Instant, start: Instant, until: Instant) -> Iterator[Stretch]:
    length = _cut(end - start) - _cut(begin - start)
    if length > 0:
        yield Stretch(state, None if end >= until else Duration(length))


def _cut(length: int) -> int:
    return length // MILLISECOND * MILLISECOND


def _given(period: str, agreement: Agreement, recorded: Recorded, policies: PolicySet) -> dict[str, Any]:
    start, end = agreement.period.start, agreement.period.end
    until = min(recorded.now, end)
    title = f"What happened to {agreement.customer or agreement.sla} in {period}"
    given: dict[str, Any] = {"title": title, "period": period}
    if recorded.now < end:
        given["now"] = to_datetime(recorded.now)
    given["check"] = dict(_series(agreement, recorded, start, until))
    given["ticket"] = _tickets(recorded.tickets, known_levels(policies), agreement.customer, until)
    return {key: value for key, value in given.items() if value != {}}


def _series(agreement: Agreement, recorded: Recorded, start: Instant, until: Instant) -> Iterator[tuple[str, str]]:
    """What each check said, but those that were up all along, as that need not be said."""
    heard: dict[tuple[str, str], list[Run]] = {}
    for run in recorded.runs:
        heard.setdefault((run.check, run.location), []).append(run)
    for service in with_parts(*agreement.contract.services.values()):
        for check in service.checks:
            for location in service.locations:
                series = write_series(tuple(stretches(heard.get((check.id, location), ()), start, until)))
                if series != "up":
                    yield f"{check.id}@{location}" if location else check.id, series


def _tickets(
    events: Iterable[TicketEvent], levels: Sequence[str], customer: str | None, until: Instant
) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Tickets event by event; what happened on levels that the policies no longer know moves no clock of theirs."""
    tickets: dict[str, list[Mapping[str, Any]]] = {}
    for event in sorted(events, key=lambda event: event.at):
        if event.at < until and (event.level is None or event.level in levels):
            told = {"event": str(event.act), "at": to_datetime(event.at), "level": event.level, "customer": customer}
            known = {key: value for key, value in told.items() if value is not None}
            tickets.setdefault(event.ticket, []).append(known)
    return tickets


def _holder(agreement: Agreement) -> Mapping[str, Any]:
    return {"customer": agreement.customer} if agreement.customer else {"sla": agreement.sla}


def _expected(agreement: Agreement, outcome: Outcome) -> Mapping[str, Any]:
    [verdict] = outcome.verdicts
    expected: dict[str, Any] = {**_holder(agreement)}
    if verdict.credit is not None:
        expected["credit"] = str(verdict.credit.days or verdict.credit.percent)
    expected["availability"] = {one.objective.service: _availability(one) for one in verdict.availability}
    expected["response"] = {one.objective.level: _response(one) for one in verdict.response if one.clocks}
    incidents = [_incident(alarm, outcome.start) for alarm in outcome.alarms]
    return {"expect": [expected], "expect_incident": incidents}


def _availability(verdict: AvailabilityVerdict) -> Mapping[str, Any] | str:
    if verdict.measured is None:
        return verdict.finding
    lengths = {"down": verdict.kinds.down, "unknown": verdict.kinds.unknown, "excluded": verdict.kinds.excluded}
    return {
        "verdict": verdict.finding,
        "measured": f"{format_percent(verdict.measured)}%",
        **{key: write_length(length) for key, length in lengths.items() if length},
    }


def _response(verdict: ResponseVerdict) -> Mapping[str, Any]:
    return {"verdict": verdict.finding, "met": verdict.met, "breached": verdict.breached, "open": verdict.open}


def _incident(alarm: Alarm, start: Instant) -> Mapping[str, Any]:
    incident = alarm.incident
    return {
        "service": incident.service,
        "began": write_moment(incident.began_at, start),
        "opened": write_moment(incident.opened_at, start),
        "closed": write_moment(incident.closed_at, start),
        "told": [_told(message, start) for message in alarm.told],
    }


def _told(message: Told, start: Instant) -> Mapping[str, Any]:
    return {"at": write_moment(message.at, start), "by": message.notifier, "about": message.about}

"""What a scenario expects, held against what came; only what it says is compared."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs
from attrs import frozen

from sla_engine.engine.escalation.foretelling import Told
from sla_engine.exchange.scenarios.alarms import Alarm
from sla_engine.exchange.scenarios.came import incident_came, verdict_came
from sla_engine.exchange.scenarios.moments import read_moment, write_moment
from sla_engine.exchange.scenarios.shown import shown
from sla_engine.exchange.scenarios.tables import (
    AvailabilityExpected,
    ExpectTable,
    IncidentTable,
    LatencyExpected,
    ResponseExpected,
    ToldTable,
)
from sla_engine.model.instant import Instant
from sla_engine.model.verdict import Verdict
from sla_engine.policy import PolicySet
from sla_engine.policy.contracts import service_id
from sla_engine.policy.findings import Place

_GROUPS: Mapping[str, type] = {
    "availability": AvailabilityExpected,
    "latency": LatencyExpected,
    "response": ResponseExpected,
}


@frozen
class Failure:
    """One expectation that was not met.

    Attributes:
        what: as in ``sla standard, availability.api.verdict``.
        place: of the expectation in its file.
    """

    what: str
    expected: str
    came: str
    place: Place

    @property
    def where(self) -> str:
        """``file:line:column`` of the expectation."""
        span = self.place.file.spot(self.place.path).value
        return f"{self.place.file.name}:{span.line}:{span.column}"

    def __str__(self) -> str:
        return f"{self.what}: expected {self.expected}, came {self.came}"


def compare_agreement(
    expected: ExpectTable, verdict: Verdict, policies: PolicySet, place: Place, start: Instant
) -> Iterator[Failure]:
    """What an agreement makes otherwise than expected."""
    holder = f"customer {expected.customer}" if expected.customer else f"sla {expected.sla}"
    came = verdict_came(verdict)
    for group, kind in _GROUPS.items():
        for name, written in getattr(expected, group).items():
            own = name if group == "response" else service_id(name, expected.customer, policies.services)
            wanted = kind(written) if isinstance(written, str) else written
            what, here = f"{holder}, {group}.{name}", place.at(group, name)
            yield from _compare(wanted, came[group].get(own), what, here, start)
    if expected.credit is not None:
        wanted_text, came_text = shown("credit", expected.credit, verdict.credit, start)
        if wanted_text != came_text:
            yield Failure(f"{holder}, credit", wanted_text, came_text, place.at("credit"))


def compare_incidents(
    expected: Sequence[IncidentTable], alarms: Sequence[Alarm], place: Place, start: Instant
) -> Iterator[Failure]:
    """What became of incidents otherwise than expected: they are all expected, in order."""
    if len(expected) != len(alarms):
        came = "; ".join(_incident_text(alarm, start) for alarm in alarms) or "none"
        wanted = f"{len(expected)} ({', '.join(one.service for one in expected)})" if expected else "none"
        yield Failure("incidents", wanted, came, place)
        return
    for index, (table, alarm) in enumerate(zip(expected, alarms, strict=True)):
        what, here = f"incident {index + 1}", place.at(index)
        yield from _compare(table, incident_came(alarm), what, here, start)
        if table.told is not None:
            wanted, came = _told_texts(table.told, alarm.told, start)
            if wanted != came:
                yield Failure(f"{what}, told", wanted, came, here.at("told"))


def _compare(wanted: Any, came: Mapping[str, Any] | None, what: str, place: Place, start: Instant) -> Iterator[Failure]:
    if came is None:
        yield Failure(what, "that it is judged", "nothing of that name", place)
        return
    for attribute in attrs.fields(type(wanted)):
        name, value = attribute.name, getattr(wanted, attribute.name)
        if value is None or name not in came:
            continue
        if isinstance(value, Mapping):
            for part, inner in value.items():
                yield from _compare(inner, came[name].get(part), f"{what}.{name}.{part}", place.at(name, part), start)
            continue
        wanted_text, came_text = shown(name, value, came[name], start)
        if wanted_text != came_text:
            yield Failure(f"{what}.{name}", wanted_text, came_text, place.at(name))


def _incident_text(alarm: Alarm, start: Instant) -> str:
    incident = alarm.incident
    opened, closed = write_moment(incident.opened_at, start), write_moment(incident.closed_at, start)
    return f"{incident.service} opened {opened}, closed {closed}"


def _told_texts(expected: Sequence[ToldTable], came: Sequence[Told], start: Instant) -> tuple[str, str]:
    """Both as text; what a message is about is left out where it is not said."""
    wanted = [(write_moment(read_moment(one.at, start), start), one.by, one.about) for one in expected]
    kinds = [about for _, _, about in wanted]
    is_compared = [*(about is not None for about in kinds), *(True for _ in came)]
    got = [
        (write_moment(one.at, start), one.notifier, one.about if compared else None)
        for one, compared in zip(came, is_compared, strict=False)
    ]
    return _list_text(wanted), _list_text(got)


def _list_text(messages: Sequence[tuple[str, str, str | None]]) -> str:
    texts = [f"{at} {by}" if about is None else f"{at} {by} ({about})" for at, by, about in messages]
    return ", ".join(texts) or "nobody"

"""What happened to a ticket of GLPI, from the ticket, its followups, its log and its actors.

A followup that is not private, by somebody who is neither requester nor observer, is an answer. Statuses and assigned
groups are read from the log, where GLPI writes statuses by their numbers and groups as ``Name (12)``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from attrs import frozen

from sla_desks.reading import State, number_in, text_in
from sla_desks.states import Course
from sla_desks.wall import instant_of
from sla_engine.plugin import SourceEvent

STATES: Mapping[str, State] = MappingProxyType(
    {"1": "open", "2": "open", "3": "open", "4": "waiting", "5": "resolved", "6": "resolved"}
)
"""New, processing (assigned), processing (planned), pending, solved, closed."""
_STATUS, _ASSIGNED_GROUP = 12, 8
"""GLPI's own numbers of what a log entry is about."""
_ADDED_RELATION = 15
_CUSTOMERS_SIDE = (1, 3)
"""Requesters and observers."""
_NUMBERED = re.compile(r" \(\d+\)$")

_Record = Mapping[str, Any]


@frozen
class GlpiTicket:
    """A ticket with what belongs to it, as the interface gives them."""

    ticket: _Record
    followups: Sequence[_Record]
    log: Sequence[_Record]
    actors: Sequence[_Record]


def events_of(found: GlpiTicket, zone: ZoneInfo, states: Mapping[str, State]) -> Sequence[SourceEvent]:
    """Everything that happened to a ticket.

    Args:
        states: what its statuses mean, where that is not what they mean by themselves.

    Raises:
        UnreadableError: a record is not as GLPI documents it.
    """
    number = str(number_in(found.ticket, "id"))
    opened_at = instant_of(text_in(found.ticket, "date"), zone)
    created_at = instant_of(text_in(found.ticket, "date_creation"), zone)
    log = sorted(found.log, key=lambda one: number_in(one, "id"))
    groups = [
        (instant_of(text_in(one, "date_mod"), zone), number_in(one, "id"), _group(one)) for one in log if _assigns(one)
    ]
    first = next((name for at, _, name in groups if at <= max(opened_at, created_at)), None)
    return [
        SourceEvent(number, "opened", opened_at, "opened", first),
        _described(number, found.ticket, zone),
        *_answers(number, found, zone),
        *(
            SourceEvent(number, "reached", at, f"log/{key}", name)
            for at, key, name in groups
            if at > max(opened_at, created_at)
        ),
        *_moves(number, log, groups, zone, {**STATES, **states}),
    ]


def _described(number: str, ticket: _Record, zone: ZoneInfo) -> SourceEvent:
    changed, entity = text_in(ticket, "date_mod"), ticket.get("entities_id")
    name = ticket.get("name")
    return SourceEvent(
        ticket=number,
        act="described",
        at=instant_of(changed, zone),
        key=f"described/{changed}",
        customer=unescape(entity).split(" > ")[-1] if isinstance(entity, str) and entity else None,
        subject=unescape(name) if isinstance(name, str) and name else None,
    )


def _answers(number: str, found: GlpiTicket, zone: ZoneInfo) -> Iterator[SourceEvent]:
    customers = {number_in(one, "users_id") for one in found.actors if one.get("type") in _CUSTOMERS_SIDE}
    for one in found.followups:
        author = number_in(one, "users_id")
        if author and author not in customers and not one.get("is_private"):
            at = instant_of(text_in(one, "date"), zone)
            yield SourceEvent(number, "answered", at, f"followup/{number_in(one, 'id')}")


def _moves(
    number: str,
    log: Sequence[_Record],
    groups: Sequence[tuple[int, int, str]],
    zone: ZoneInfo,
    states: Mapping[str, State],
) -> Iterator[SourceEvent]:
    """What its changes of status came to, in their order."""
    course: Course | None = None
    for one in log:
        if one.get("id_search_option") != _STATUS or one.get("itemtype_link"):
            continue
        at, key = instant_of(text_in(one, "date_mod"), zone), number_in(one, "id")
        course = course or Course(states.get(str(one.get("old_value")), "open"))
        act = course.goes_to(states.get(str(one.get("new_value")), "open"))
        if act is not None:
            group = next((name for _, assigned, name in reversed(groups) if assigned < key), None)
            yield SourceEvent(number, act, at, f"log/{key}", group if act == "reopened" else None)


def _assigns(one: _Record) -> bool:
    return (
        one.get("linked_action") == _ADDED_RELATION
        and one.get("itemtype_link") == "Group"
        and one.get("id_search_option") in {_ASSIGNED_GROUP, 0}
    )


def _group(one: _Record) -> str:
    return _NUMBERED.sub("", unescape(text_in(one, "new_value")))

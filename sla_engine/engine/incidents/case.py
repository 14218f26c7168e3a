"""What messages about an incident depend on, and what composing them gives."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from attrs import frozen

from sla_engine.engine.incidents.union import Part
from sla_engine.model.incident import IncidentRecord
from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval
from sla_engine.model.service import Service
from sla_engine.policy import PolicySet
from sla_engine.store.outbox import Notice


@frozen
class Case:
    """An incident on record, with all that says who is to be told of it.

    Attributes:
        record: as it stands, with all of its events; an acknowledgement among them stops the steps.
        service: that it is of, or None where the policies have it no more.
        parts: what the results show by each rule, the earliest first. An escalation counts its steps from the opening
            of each part that has its rule (`rules.rule_of`). Later results may move a part by a little, so that keys
            are made of its position among those of its rule and not of its instants.
        held: when no message about it is sent, as a set of intervals: while something is down that the service depends
            on, and in maintenance. The last may reach up to now only because nothing later is known.
        cause: what it may have in common with others: the service that it depends on and that is down, else the host
            that the failing check asks, else None.
        check, reason: which check was seen to fail when it opened, and what it saw.
        told: the notices about it that are on record, by key.
    """

    record: IncidentRecord
    service: Service | None
    parts: tuple[Part, ...]
    held: Sequence[Interval]
    cause: str | None
    check: str | None
    reason: str | None
    told: Mapping[str, Notice]


@frozen
class Composed:
    """Who is to be told of an incident.

    Attributes:
        notices: all that are due by now, those that are on record too or left out: their keys say which are new.
        next_at: when another falls due if nothing happens until then, or None.
    """

    notices: tuple[Notice, ...]
    next_at: Instant | None


Compose: TypeAlias = Callable[[Case, PolicySet, Instant], Composed]
"""Pure: the same case, policies and instant give the same notices with the same keys."""

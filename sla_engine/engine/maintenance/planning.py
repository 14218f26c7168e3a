"""What the policies plan: each occurrence of maintenance that takes place, be it once or again and again."""

from collections.abc import Iterator, Mapping
from itertools import islice

from attrs import frozen

from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval
from sla_engine.policy import PolicySet
from sla_engine.policy.documents import MaintenanceTable
from sla_engine.policy.maintenance import announced_ahead, takes_place, windows_of

_MOST = 500
"""Occurrences of one maintenance that are looked at ahead: more are no announcement to anybody."""


@frozen
class Plan:
    """One occurrence of a maintenance as the policies have it.

    Attributes:
        is_recurring: whether it begins by cron.
        title, message: language to text.
        announced_from: from when on customers are told, or None where that is at once.
        leads: how long before its start they are reminded, in microseconds.
    """

    maintenance: str
    is_recurring: bool
    window: Interval
    services: tuple[str, ...]
    title: Mapping[str, str] | None
    message: Mapping[str, str] | None
    channels: tuple[str, ...]
    customers: tuple[str, ...] | None
    announced_from: Instant | None
    leads: tuple[int, ...]


def plans(policies: PolicySet, name: str, now: Instant, until: Instant) -> list[Plan]:
    """The occurrences of a maintenance that are not over; recurring ones as far as they may be announced by now.

    Args:
        until: or as far as they begin before this instant.
    """
    table = policies.maintenance.get(name)
    if table is None or not takes_place(table):
        return []
    ahead = announced_ahead(table)
    horizon = now + 1 if ahead is None else now + ahead.microseconds + 1
    return list(islice(_plans(policies, name, table, now, horizon, until), _MOST))


def _plans(
    policies: PolicySet, name: str, table: MaintenanceTable, now: Instant, horizon: Instant, until: Instant
) -> Iterator[Plan]:
    is_recurring, ahead = table.cron is not None, announced_ahead(table)
    end = max(horizon, until) if is_recurring else _END_OF_TIME
    for window in windows_of(table, now, end):
        yield Plan(
            maintenance=name,
            is_recurring=is_recurring,
            window=window,
            services=tuple(sorted(policies.services)) if table.services is None else table.services,
            title=None if table.title is None else table.title.translations,
            message=None if table.message is None else table.message.translations,
            channels=table.announce,
            customers=table.customers,
            announced_from=None if ahead is None else window.start - ahead.microseconds,
            leads=tuple(lead.microseconds for lead in table.reminders),
        )


_END_OF_TIME: Instant = 2**63 - 1

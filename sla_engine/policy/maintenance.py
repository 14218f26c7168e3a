"""From maintenance tables to the windows that fall into a time."""

from collections.abc import Iterator, Mapping

from sla_engine.model.duration import Duration
from sla_engine.model.instant import DAY, Instant, to_instant
from sla_engine.model.interval import Interval
from sla_engine.model.maintenance import Maintenance
from sla_engine.model.zone import parse_zone
from sla_engine.policy.documents import MaintenanceTable

IN_APP = "in-app"
"""The announcement that is no notifier: what online applications show, and the web."""
_UTC = parse_zone("UTC")
_AHEAD_WHERE_IT_RECURS = Duration(7 * DAY)


def maintenance_windows(
    tables: Mapping[str, MaintenanceTable], services: tuple[str, ...], start: Instant, end: Instant
) -> list[Maintenance]:
    """The windows that touch ``[start, end)``, the earliest first; of a draft and of what is cancelled there are none.

    What was announced only by the engine itself is not known here: ``announced_at`` is what the policy says.
    """
    windows = [
        Maintenance(
            id=name,
            services=services if table.services is None else table.services,
            window=window,
            announced_at=to_instant(table.announced.at) if table.announced else None,
            channel=table.announced.by if table.announced else None,
        )
        for name, table in tables.items()
        if takes_place(table)
        for window in windows_of(table, start, end)
    ]
    return sorted(windows, key=lambda maintenance: (maintenance.window, maintenance.id))


def takes_place(table: MaintenanceTable) -> bool:
    """Whether there is anything to it: neither a draft nor cancelled."""
    return not (table.draft or table.cancelled)


def announced_ahead(table: MaintenanceTable) -> Duration | None:
    """How long before its start customers are told, or None where that is at once."""
    if table.announce_ahead is None and table.cron is not None:
        return _AHEAD_WHERE_IT_RECURS
    return table.announce_ahead


def is_for_everybody(table: MaintenanceTable) -> bool:
    """Whether whoever looks at the web may see it, as far as it touches services that are everybody's."""
    return IN_APP in table.announce and table.customers is None


def windows_of(table: MaintenanceTable, start: Instant, end: Instant) -> Iterator[Interval]:
    """The windows of one table that touch ``[start, end)``, in order, whether they take place or not."""
    length = table.lasts.microseconds
    if table.starts is not None:
        begin = to_instant(table.starts)
        if begin < end and begin + length > start:
            yield Interval(begin, begin + length)
        return
    from sla_engine.calendars.cron import CronInstants

    assert table.cron is not None, "the linter lets no maintenance through that never begins"
    instants = CronInstants(table.cron, table.timezone or _UTC)
    begin = instants.after(start - length)
    while begin < end:
        yield Interval(begin, begin + length)
        begin = instants.after(begin)

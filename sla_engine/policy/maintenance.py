"""From maintenance tables to the windows that fall into a time."""

from collections.abc import Iterator, Mapping

from sla_engine.model.instant import Instant, to_instant
from sla_engine.model.interval import Interval
from sla_engine.model.maintenance import Maintenance
from sla_engine.model.zone import parse_zone
from sla_engine.policy.documents import MaintenanceTable

_UTC = parse_zone("UTC")


def maintenance_windows(
    tables: Mapping[str, MaintenanceTable], services: tuple[str, ...], start: Instant, end: Instant
) -> list[Maintenance]:
    """The windows that touch ``[start, end)``, the earliest first.

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
        for window in _windows(table, start, end)
    ]
    return sorted(windows, key=lambda maintenance: (maintenance.window, maintenance.id))


def _windows(table: MaintenanceTable, start: Instant, end: Instant) -> Iterator[Interval]:
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

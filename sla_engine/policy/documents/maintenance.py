"""Maintenance as it is written."""

from datetime import datetime

from attrs import frozen

from sla_engine.model.duration import Duration
from sla_engine.model.text import Text
from sla_engine.model.zone import Zone
from sla_engine.policy.values import CronText, ServiceList


@frozen
class AnnouncementTable:
    """When maintenance was announced outside the engine, and how."""

    at: datetime  # when, with an offset
    by: str | None = None  # channel, such as email, in-app or post


@frozen
class MaintenanceTable:
    """Maintenance, once or on a schedule."""

    services: ServiceList  # those it touches, or "all"
    lasts: Duration  # how long
    starts: datetime | None = None  # when, with an offset
    cron: CronText | None = None  # or on which schedule
    timezone: Zone | None = None  # of the cron expression
    title: Text | None = None  # for customers, on one line; default: the message
    message: Text | None = None  # for customers
    draft: bool = False  # planned only: told to nobody, and counts as nothing
    cancelled: bool = False  # does not take place after all, which whoever was told of it is told
    announce: tuple[str, ...] = ()  # notifiers that tell customers; in-app is the banner in the online application
    customers: ServiceList = None  # customers who are told, or "all" whose contracts have a service that it touches
    announce_ahead: Duration | None = None  # how long before its start they are; default: at once, 7d where it recurs
    reminders: tuple[Duration, ...] = ()  # how long before its start they are reminded, such as ["24h", "1h"]
    announced: AnnouncementTable | None = None  # when it was announced outside the engine; a time, or { at, by }

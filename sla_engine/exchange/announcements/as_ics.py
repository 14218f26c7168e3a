"""Announcements as one calendar that can be subscribed to (RFC 5545, RFC 7986).

An event keeps its UID whatever is changed of it, and its SEQUENCE is raised; what is cancelled stays with that status.
Recurring maintenance is an event for each time, as each is announced for itself. Times are in UTC, so that no program
has to know our zones.
"""

from collections.abc import Iterable
from datetime import timedelta

from icalendar import Calendar, Event
from icalendar.prop import vText

from sla_engine.engine.maintenance.board import Shown
from sla_engine.exchange.announcements.phrases import details, heading, title_of
from sla_engine.languages import Language
from sla_engine.model.instant import Instant, to_datetime
from sla_engine.model.zone import Zone
from sla_engine.version import __version__

ASK_AGAIN = timedelta(hours=1)
"""How often subscribers are asked to look again."""


def calendar_feed(shown: Iterable[Shown], language: Language, zone: Zone) -> bytes:
    """The calendar in a language.

    Args:
        zone: in which descriptions tell times; that of the events is the reader's.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//sla_engine//{__version__}//{language.code.upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    name = language.text("Maintenance")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", ASK_AGAIN, {"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for one in shown:
        calendar.add_component(_event(one, language, zone))
    content: bytes = calendar.to_ical()
    return content


def _event(one: Shown, language: Language, zone: Zone) -> Event:
    event = Event()
    event.add("uid", one.uid)
    event.add("sequence", one.sequence)
    event.add("dtstamp", _moment(one.changed_at))
    event.add("created", _moment(one.announced_at))
    event.add("last-modified", _moment(one.changed_at))
    event.add("dtstart", to_datetime(one.window.start))
    event.add("dtend", to_datetime(one.window.end))
    is_cancelled = one.state == "cancelled"
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    summary = vText(heading(one, language) if is_cancelled else title_of(one, language))
    summary.params["LANGUAGE"] = language.code
    event.add("summary", summary)
    event.add("description", details(one, language, zone))
    event.add("categories", ["MAINTENANCE"])
    return event


def _moment(at: Instant) -> object:
    """Calendars know whole seconds."""
    return to_datetime(at).replace(microsecond=0)

"""Business time: calendars, wall times, periods and cron instants."""

from sla_engine.calendars.calendar import ALWAYS, Calendar, compile_calendar
from sla_engine.calendars.error import CalendarError
from sla_engine.calendars.rule import CalendarRule, Window, compose, parse_window

__all__ = [
    "ALWAYS",
    "Calendar",
    "CalendarError",
    "CalendarRule",
    "Window",
    "compile_calendar",
    "compose",
    "parse_window",
]

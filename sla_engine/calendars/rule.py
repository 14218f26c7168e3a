"""What a contract says about opening hours: weekly windows, holidays, single dates, and sums of other calendars.

A rule is read in this order: the windows of its weekdays and of any member of `any_of` together; of those, what all
members of `all_of` share; less what any member of `except_` has; less the closed dates and holidays; and last, the
windows that `open` gives to single dates.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, TypeAlias

from attrs import Attribute, field, frozen

from sla_engine.calendars.error import CalendarError
from sla_engine.model.zone import Zone

Window: TypeAlias = tuple[int, int]
"""Opening and closing as minutes of a date; a closing that is not after its opening lies on the next date."""

NEVER: tuple[tuple[Window, ...], ...] = ((),) * 7
"""The hours of a week that never opens; Monday comes first."""

MINUTES_A_DAY = 24 * 60
_WINDOW = re.compile(r"(\d{2}):([0-5]\d)-(\d{2}):([0-5]\d)", re.ASCII)


def parse_window(text: str) -> Window:
    """Read ``08:00-17:00``; ``21:00-17:00`` ends on the next date, and ``24:00`` is a legal end.

    Raises:
        CalendarError: the text is no window, or its ends are equal.
    """
    found = _WINDOW.fullmatch(text)
    if not found:
        raise CalendarError(f"{text!r} is not a window: write two times of day as HH:MM-HH:MM, as in 08:00-17:00")
    opens, closes = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    check_window((opens, closes))
    return opens, closes


def check_window(window: Window) -> None:
    """Refuse a window that no clock shows, and one with equal ends, which could mean nothing or a whole day.

    Raises:
        CalendarError: the window is wrong.
    """
    opens, closes = window
    if not (0 <= opens < MINUTES_A_DAY and 0 <= closes <= MINUTES_A_DAY):
        raise CalendarError(
            f"{window_text(window)} is not a window: write times of day from 00:00 to 23:59, or 24:00 as an end"
        )
    if opens == closes:
        raise CalendarError(
            f"{window_text(window)} has equal ends: write 00:00-24:00 for a whole date, or leave the window out"
        )


def window_text(window: Window) -> str:
    """A window as policies write it, ``08:00-17:00``."""
    return "-".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in window)


def _check_windows(_rule: "CalendarRule", _field: "Attribute[Any]", days: Sequence[tuple[Window, ...]]) -> None:
    for windows in days:
        for window in windows:
            check_window(window)


def _check_week(rule: "CalendarRule", attribute: "Attribute[Any]", hours: tuple[tuple[Window, ...], ...]) -> None:
    if len(hours) != len(NEVER):
        raise CalendarError(f"hours must be given for 7 weekdays, Monday first, not for {len(hours)}")
    _check_windows(rule, attribute, hours)


def _check_overrides(
    rule: "CalendarRule", attribute: "Attribute[Any]", overrides: tuple[tuple[date, tuple[Window, ...]], ...]
) -> None:
    _check_windows(rule, attribute, [windows for _, windows in overrides])


def _dates(days: Iterable[date]) -> frozenset[date]:
    return frozenset(days)


@frozen
class CalendarRule:
    """A calendar as written, before any date is worked out.

    Attributes:
        zone: on whose clock the windows and dates are read, and in whose dates business days are counted.
        hours: the windows of each weekday, Monday first; a window belongs to the date on which it opens.
        holidays: regions of the `holidays` library, ``FR`` or ``US-CA``; each holiday is a whole local date.
        closed: dates that are taken away from 00:00 to 24:00.
        open: dates with windows of their own, which replace that date's and stand even on a holiday; on a
            composition they replace whatever its members have on that date.
        any_of: calendars whose open time is added.
        all_of: calendars that must all be open too.
        except_: calendars whose open time is taken away; from all time, where nothing else is given.

    Raises:
        CalendarError: a window has equal ends, or no clock shows it.
    """

    zone: Zone
    hours: tuple[tuple[Window, ...], ...] = field(default=NEVER, validator=_check_week)
    holidays: tuple[str, ...] = ()
    closed: frozenset[date] = field(default=frozenset(), converter=_dates)
    open: tuple[tuple[date, tuple[Window, ...]], ...] = field(default=(), validator=_check_overrides)
    any_of: tuple["CalendarRule", ...] = ()
    all_of: tuple["CalendarRule", ...] = ()
    except_: tuple["CalendarRule", ...] = ()

    @property
    def is_composition(self) -> bool:
        """Whether the rule is made of other calendars."""
        return bool(self.any_of or self.all_of or self.except_)


def compose(
    *,
    any_of: Sequence[CalendarRule] = (),
    all_of: Sequence[CalendarRule] = (),
    except_: Sequence[CalendarRule] = (),
    zone: Zone | None = None,
) -> CalendarRule:
    """A calendar made of others; its dates are those of ``zone``, else of its first member.

    Raises:
        CalendarError: there is no member.
    """
    members = (*any_of, *all_of, *except_)
    if not members:
        raise CalendarError("a calendar made of others needs at least one of them")
    return CalendarRule(
        zone=zone or members[0].zone, any_of=tuple(any_of), all_of=tuple(all_of), except_=tuple(except_)
    )

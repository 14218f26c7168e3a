"""One language: its texts, and how it writes numbers, times and lists."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import ROUND_DOWN, Decimal
from gettext import NullTranslations
from typing import Literal

from attrs import frozen
from babel import Locale
from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.lists import format_list
from babel.numbers import format_decimal

from sla_engine.model.instant import MINUTE, Instant, to_datetime
from sla_engine.model.zone import Zone


@frozen
class Language:
    """One language of those that people are told things in.

    Attributes:
        code: as in ``lang="pt"``.
        locale: for numbers and times.
        translations: of the texts.
    """

    code: str
    locale: Locale
    translations: NullTranslations

    @property
    def name(self) -> str:
        """What the language calls itself."""
        return str(Locale.parse(self.code).get_language_name(self.code)).capitalize()

    def text(self, message: str, **values: object) -> str:
        """A text, with ``{name}`` replaced."""
        return self.translations.gettext(message).format_map(values)

    def plural(self, one: str, many: str, count: int, **values: object) -> str:
        """A text in the form that goes with a number, with ``{count}`` and other names replaced."""
        shown = self.translations.ngettext(one, many, count)
        return shown.format_map({**values, "count": self.number(count)})

    def moment(self, at: Instant, zone: Zone) -> str:
        """An instant on the wall clock of a zone, to the second, followed by the zone's name."""
        return f"{format_datetime(to_datetime(at, zone.tz), 'medium', locale=self.locale)} {zone.name}"

    def when(self, at: Instant, zone: Zone) -> str:
        """An instant as a sentence has it: the date in words, the time, and the zone's name in brackets."""
        return f"{self._spelled(at, zone)} ({zone.name})"

    def stretch(self, start: Instant, end: Instant, zone: Zone) -> str:
        """From when to when, as a sentence has it; the date once where it is one."""
        same_date = to_datetime(start, zone.tz).date() == to_datetime(end, zone.tz).date()
        until = f"–{self._time(end, zone)}" if same_date else f" – {self._spelled(end, zone)}"
        return f"{self._spelled(start, zone)}{until} ({zone.name})"

    def clock(self, at: Instant, zone: Zone, now: Instant) -> str:
        """An instant in as few characters as tell it, the same in every language; today's is a time alone."""
        return f"{_briefly(at, zone, now)} ({zone.name})"

    def clocks(self, start: Instant, end: Instant, zone: Zone, now: Instant) -> str:
        """From when to when, in as few characters."""
        return f"{_briefly(start, zone, now)} - {_briefly(end, zone, start)} ({zone.name})"

    def date(self, at: Instant, zone: Zone) -> str:
        """The date of an instant in a zone, in words."""
        return format_date(to_datetime(at, zone.tz), "long", locale=self.locale)

    def length(self, duration: int) -> str:
        """A length of time in words, such as ``7 hours 26 minutes``; whole seconds."""
        rest, words = abs(duration) // 1_000_000, []
        for size in (86400, 3600, 60, 1):
            count, rest = divmod(rest, size)
            if count:
                length = timedelta(seconds=count * size)
                words.append(format_timedelta(length, threshold=1000, granularity=_UNITS[size], locale=self.locale))
        return ("-" if duration < 0 else "") + (" ".join(words[:2]) or self._no_time())

    def list(self, items: Sequence[str], most: int) -> str:
        """``a, b and c``; of more than ``most``, the first ones and how many more there are: ``a, b and 3 more``."""
        if len(items) > most:
            more = len(items) - most + 1
            items = [*items[: most - 1], self.plural("{count} more", "{count} more", more)]
        return format_list(items, locale=self.locale)

    def number(self, value: float) -> str:
        """A number with at most one decimal."""
        return str(format_decimal(value, format="#,##0.#", locale=self.locale))

    def percent(self, text: str) -> str:
        """A percentage that is given as text, with this language's decimal sign; never rounded up."""
        shown = Decimal(text).quantize(Decimal("0.0001"), ROUND_DOWN).normalize()
        return f"{format_decimal(shown, format='0.####', locale=self.locale)} %"

    def _spelled(self, at: Instant, zone: Zone) -> str:
        return f"{self.date(at, zone)}, {self._time(at, zone)}"

    def _time(self, at: Instant, zone: Zone) -> str:
        """The time of day, to the second where it is not a whole minute."""
        return format_time(to_datetime(at, zone.tz), "HH:mm:ss" if at % MINUTE else "HH:mm", locale=self.locale)

    def _no_time(self) -> str:
        return format_timedelta(timedelta(0), granularity="second", locale=self.locale)


def _briefly(at: Instant, zone: Zone, today: Instant) -> str:
    local = to_datetime(at, zone.tz)
    return f"{local:%H:%M}" if local.date() == to_datetime(today, zone.tz).date() else f"{local:%Y-%m-%d %H:%M}"


_UNITS: Mapping[int, Literal["day", "hour", "minute", "second"]] = {
    86400: "day",
    3600: "hour",
    60: "minute",
    1: "second",
}

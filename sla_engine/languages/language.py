"""One language: its texts, and how it writes numbers, times and lists."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import ROUND_DOWN, Decimal
from gettext import NullTranslations
from typing import Literal

from attrs import frozen
from babel import Locale
from babel.dates import format_datetime, format_timedelta
from babel.numbers import format_decimal

from sla_engine.model.instant import Instant, to_datetime
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

    def moment(self, at: Instant, zone: Zone) -> str:
        """An instant on the wall clock of a zone, to the second, followed by the zone's name."""
        return f"{format_datetime(to_datetime(at, zone.tz), 'medium', locale=self.locale)} {zone.name}"

    def length(self, duration: int) -> str:
        """A length of time in words, such as ``7 hours 26 minutes``; whole seconds."""
        rest, words = abs(duration) // 1_000_000, []
        for size in (86400, 3600, 60, 1):
            count, rest = divmod(rest, size)
            if count:
                length = timedelta(seconds=count * size)
                words.append(format_timedelta(length, threshold=1000, granularity=_UNITS[size], locale=self.locale))
        return ("-" if duration < 0 else "") + (" ".join(words[:2]) or self._no_time())

    def _no_time(self) -> str:
        return format_timedelta(timedelta(0), granularity="second", locale=self.locale)

    def number(self, value: float) -> str:
        """A number with at most one decimal."""
        return str(format_decimal(value, format="#,##0.#", locale=self.locale))

    def percent(self, text: str) -> str:
        """A percentage that is given as text, with this language's decimal sign; never rounded up."""
        shown = Decimal(text).quantize(Decimal("0.0001"), ROUND_DOWN).normalize()
        return f"{format_decimal(shown, format='0.####', locale=self.locale)} %"


_UNITS: Mapping[int, Literal["day", "hour", "minute", "second"]] = {
    86400: "day",
    3600: "hour",
    60: "minute",
    1: "second",
}

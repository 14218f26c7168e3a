"""The languages of the pages: which one a visitor gets, its texts, and how it writes numbers and times.

Texts are gettext catalogues, one ``.po`` file a language beside this module, read as they are so that nothing has to be
compiled. Portuguese is that of Portugal: Babel's plain ``pt`` writes numbers as Brazil does.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import ROUND_DOWN, Decimal
from functools import lru_cache
from gettext import NullTranslations
from importlib.resources import files
from io import BytesIO
from typing import Literal

from attrs import frozen
from babel import Locale, negotiate_locale
from babel.dates import format_datetime, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import Translations

from sla_engine.model.instant import Instant, to_datetime
from sla_engine.model.text import LANGUAGES
from sla_engine.model.zone import Zone

_LOCALES = {"pt": "pt_PT"}


@frozen
class Language:
    """One language of the pages.

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
        """A text of the pages, with ``{name}`` replaced."""
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


@lru_cache(maxsize=len(LANGUAGES))
def language(code: str) -> Language:
    """The language of that code, one of `LANGUAGES`."""
    return Language(code, Locale.parse(_LOCALES.get(code, code)), _translations(code))


def choose_language(wanted: str | None, accepted: str) -> Language:
    """The language that a visitor asked for, else the first that the browser accepts, else English.

    Args:
        wanted: the visitor's own choice, a code, or None.
        accepted: the ``Accept-Language`` header (RFC 9110, 12.5.4).
    """
    if wanted in LANGUAGES:
        return language(wanted)
    return language(negotiate_locale(_by_quality(accepted), LANGUAGES, sep="-") or "en")


def _by_quality(accepted: str) -> Sequence[str]:
    weighted = []
    for part in accepted.split(","):
        code, _, parameter = part.strip().partition(";")
        try:
            quality = float(parameter.strip().removeprefix("q=") or 1)
        except ValueError:
            quality = 0.0
        if code and quality > 0:
            weighted.append((quality, code.split("-")[0].lower()))
    return [code for _, code in sorted(weighted, key=lambda entry: -entry[0])]


def _translations(code: str) -> NullTranslations:
    if code == "en":
        return NullTranslations()
    catalogue = read_po(BytesIO((files(__package__) / "locale" / f"{code}.po").read_bytes()), locale=code)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)

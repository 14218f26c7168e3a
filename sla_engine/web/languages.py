"""Which language a visitor of the pages gets."""

from collections.abc import Sequence

from babel import negotiate_locale

from sla_engine.languages import Language, language
from sla_engine.model.text import LANGUAGES


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

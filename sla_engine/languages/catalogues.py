"""The texts of each language: gettext catalogues, one ``.po`` file a language beside this module.

They are read as they are, so that nothing has to be compiled. English needs none: its texts are the sources' own.
"""

from functools import lru_cache
from gettext import NullTranslations
from importlib.resources import files
from io import BytesIO

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from sla_engine.languages.language import Language
from sla_engine.model.text import LANGUAGES

# Portuguese is that of Portugal, as Babel's plain "pt" writes numbers as Brazil does. English is read by many for whom
# it is not their own: the day comes before the month, and the clock has 24 hours.
_LOCALES = {"en": "en_GB", "pt": "pt_PT"}


@lru_cache(maxsize=len(LANGUAGES))
def language(code: str) -> Language:
    """The language of that code, one of `LANGUAGES`."""
    return Language(code, Locale.parse(_LOCALES.get(code, code)), _translations(code))


def _translations(code: str) -> NullTranslations:
    if code == "en":
        return NullTranslations()
    catalogue = read_po(BytesIO((files(__package__) / "locale" / f"{code}.po").read_bytes()), locale=code)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)

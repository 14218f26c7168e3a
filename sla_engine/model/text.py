"""Texts that people read, in one or several languages."""

from collections.abc import Mapping

from attrs import frozen

LANGUAGES = ("en", "pt", "es", "fr", "de")


@frozen
class Text:
    """One text in the languages it was written in.

    Attributes:
        translations: language code to text, never empty; a text written as a plain string stands under ``""``.
    """

    translations: Mapping[str, str]

    def in_language(self, language: str) -> str:
        """The text in that language, else in English, else as first written."""
        for wanted in (language, "en"):
            if wanted in self.translations:
                return self.translations[wanted]
        return next(iter(self.translations.values()))

    def __str__(self) -> str:
        return self.in_language("en")


def plain(text: str) -> Text:
    """A text written once, for every language."""
    return Text({"": text})

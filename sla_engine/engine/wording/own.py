"""Texts of an operator's own, from ``[text.ABOUT]``, instead of the engine's."""

from collections.abc import Mapping

from attrs import evolve

from sla_engine.engine.wording.passage import Passage
from sla_engine.model.text import Text
from sla_engine.model.visible import visible_lines
from sla_engine.plugin.names import fill_places
from sla_engine.policy.documents import TextTable

_MOST = 20_000


def in_own_words(passage: Passage, table: TextTable | None, language: str, names: Mapping[str, str]) -> Passage:
    """A passage as an operator wants it told, with names filled in.

    What is not written in the reader's language leaves the engine's own words: nobody should have to read another one.
    """
    if table is None:
        return passage
    subject, text, short = (_filled(written, language, names) for written in (table.subject, table.text, table.short))
    return evolve(passage, own_subject=subject, own_text=text, short=passage.short if short is None else short)


def _filled(text: Text | None, language: str, names: Mapping[str, str]) -> str | None:
    if text is None:
        return None
    written = text.translations.get(language, text.translations.get(""))
    return None if written is None else visible_lines(fill_places(written, names), _MOST)

"""The catalogues hold every text that people are told, in every language, and nothing else."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from jinja2 import Environment

import sla_engine
from sla_engine.model.text import LANGUAGES

SOURCES = Path(sla_engine.__file__).parent
LOCALE = SOURCES / "languages" / "locale"
TRANSLATED = [code for code in LANGUAGES if code != "en"]
SAYING = {"say": 1, "text": 1, "plural": 2}
"""The functions by which our own texts are told, and how many of their arguments are texts."""

Msgid = str | tuple[str, ...]


@cache
def told() -> set[Msgid]:
    """Every text of our own, as it stands in the sources and in the templates of pages."""
    return {*from_code(), *from_templates()}


def from_code() -> Iterator[Msgid]:
    for path in SOURCES.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if "sla_engine.languages" in source or {"languages", "wording"} & set(path.parts):
            for call in [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]:
                texts = call.args[: SAYING.get(getattr(call.func, "attr", ""), 0)]
                written = tuple(text.value for text in texts if isinstance(text, ast.Constant))
                if written:
                    yield written[0] if len(written) == 1 else written


def from_templates() -> Iterator[Msgid]:
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    for path in (SOURCES / "web").rglob("*.html"):
        for _, _, found in environment.extract_translations(path.read_text(encoding="utf-8")):
            message = found if isinstance(found, str) else found[0]
            assert message is not None
            yield message


def catalogue(code: str) -> Catalog:
    return read_po(BytesIO((LOCALE / f"{code}.po").read_bytes()), locale=code)


def forms(text: Msgid) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def test_there_are_texts_of_the_pages_and_of_the_messages() -> None:
    found = told()

    assert {"Service status", "At least one service is down", "{title} is up again"} <= found
    assert ("{count} service", "{count} services") in found


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_text_is_untranslated(code: str) -> None:
    known = {message.id: message for message in catalogue(code) if message.id}

    assert {text for text in told() if text not in known} == set()
    assert [message.id for message in known.values() if not all(forms(message.string)) or message.fuzzy] == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_translation_is_left_over(code: str) -> None:
    found = told()

    assert [message.id for message in catalogue(code) if message.id and message.id not in found] == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_names_what_the_text_names(code: str) -> None:
    for message in catalogue(code):
        if message.id:
            named = set(re.findall(r"\{(\w+)\}", " ".join(forms(message.id))))
            for form in forms(message.string):
                assert set(re.findall(r"\{(\w+)\}", form)) == named, message.id


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_plural_has_as_many_forms_as_its_language(code: str) -> None:
    found = catalogue(code)

    plurals = [message for message in found if isinstance(message.id, tuple)]
    assert plurals
    assert {len(message.string) for message in plurals} == {found.num_plurals}


def test_no_language_is_without_a_catalogue() -> None:
    assert sorted(path.stem for path in LOCALE.glob("*.po")) == sorted(TRANSLATED)

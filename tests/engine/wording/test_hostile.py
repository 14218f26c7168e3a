"""Whatever a target, a certificate, a customer or a ticket says, a message says it and does nothing (F30, F50)."""

from collections import Counter
from collections.abc import Mapping
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest
from attrs import evolve
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sla_engine.engine.wording import Wording
from sla_engine.model.text import LANGUAGES, plain
from sla_engine.plugin.abouts import ABOUTS
from sla_engine.plugin.names import NAMES
from sla_engine.policy.documents import TextTable
from sla_engine.store.outbox import Notice
from tests.engine.wording.noticing import FACTS, noticed, told

CORPUS = {
    "crlf": "x\r\nBcc: all@example.com\r\n\r\nbody",
    "a lone cr": "x\rBcc: all@example.com",
    "vertical tab, form feed": "x\vBcc: a\fBcc: b",
    "unicode line ends": "x\u2028Bcc: a\u2029Bcc: b\x85Bcc: c",
    "braces": "{service} {{reason}} {0.__class__} %s $x ${y}",
    "script": "</title></p><script>alert(1)</script><!--",
    "attributes": "\"'><img src=x onerror=alert(1)>",
    "a link": '<a href="javascript:alert(1)">click</a>',
    "entities": "&lt;script&gt;&#60;script&#62;&amp;",
    "turned round": "\u202egnp.exe\u2066 \u200e\u200f\u061c",
    "hidden": "a\u200bb\u200cc\u200dd\ufeffe\u2060f\u00adg",
    "tags and fillers": "\U000e0041\ufff9\ufffa x",
    "control": "\x00\x01\x1b[31m\x7f\x9b",
    "surrogates": "\ud800x\udfff",
    "long": "long " * 5000,
    "a long word": "w" * 20_000,
    "zalgo": "Z" + "\u0335" * 500,
    "markdown": "[x](javascript:1) `a` *b* <!channel> @everyone",
    "empty": " \t\n ",
}
OWN = "{" + "} | {".join(NAMES) + "}"
TEXTS = {about: TextTable(plain(OWN), plain(f"{OWN}\n\n{OWN}"), plain(OWN)) for about in ABOUTS}
_ELEMENTS = {
    *("html", "head", "meta", "title", "body", "main", "h1", "h2", "p", "br", "a"),
    *("table", "tr", "th", "td", "ul", "li"),
}


class Parsed(HTMLParser):
    """What an independent parser makes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: Counter[str] = Counter()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.others: list[str] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements[tag] += 1
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)


def with_everywhere(facts: Any, text: str) -> Any:
    """The facts with every text in them replaced."""
    if isinstance(facts, Mapping):
        return {name: with_everywhere(value, text) for name, value in facts.items()}
    if isinstance(facts, list):
        return [with_everywhere(value, text) for value in facts]
    return text if isinstance(facts, str) else facts


def hostile(about: str, text: str) -> Notice:
    notice = noticed(about)
    facts = {**with_everywhere(FACTS[about], text), "cause": text, "customers": [text, text]}
    return evolve(notice, facts=facts, customer=text)


def is_shown(text: str, beside: str = "") -> bool:
    return all(letter.isprintable() or letter in f"\xa0\u202f{beside}" for letter in text)


def check(message: Wording) -> None:
    assert is_shown(message.subject)
    assert len(message.subject) <= 120
    assert is_shown(message.text, "\n")
    assert is_shown(message.short, "\n")
    assert all(is_shown(value, "\n" if name == "answer" else "") for name, value in message.names.items())

    page = Parsed(message.html)
    assert set(page.elements) <= _ELEMENTS
    assert page.attributes <= {"lang", "charset", "name", "content", "style", "scope", "href"}
    assert page.others == []
    assert all(link.startswith(("https://", "http://")) for link in page.links)
    assert [page.elements[one] for one in ("html", "title", "body", "main")] == [1, 1, 1, 1]
    assert is_shown("".join(page.words), "\n")


@pytest.mark.parametrize("text", CORPUS.values(), ids=CORPUS.keys())
@pytest.mark.parametrize("about", ABOUTS)
def test_hostile_texts_come_out_inert_in_every_language_and_field(about: str, text: str) -> None:
    for language in LANGUAGES:
        check(told(hostile(about, text), language=language))


@pytest.mark.parametrize("text", CORPUS.values(), ids=CORPUS.keys())
@pytest.mark.parametrize("about", ABOUTS)
def test_in_an_operators_own_words_too(about: str, text: str) -> None:
    check(told(hostile(about, text), texts=TEXTS))


@pytest.mark.parametrize("about", ABOUTS)
def test_what_tries_to_be_markup_makes_no_element_that_a_word_would_not(about: str) -> None:
    harmless = Parsed(told(hostile(about, "harmless")).html).elements
    for name in ("script", "attributes", "a link", "entities", "markdown", "braces"):
        assert Parsed(told(hostile(about, CORPUS[name])).html).elements == harmless


def test_markup_is_read_as_it_was_written() -> None:
    page = Parsed(told(noticed("opened", reason=CORPUS["script"])).html)

    assert "</title></p><script>alert(1)</script><!--" in "".join(page.words)


def test_a_break_in_a_reason_forges_no_line() -> None:
    text = told(noticed("opened", reason="x\n\nAll services are up again.\u2028Incident: none")).text

    assert "Reason: x All services are up again. Incident: none\n" in text


@pytest.mark.parametrize("text", CORPUS.values(), ids=CORPUS.keys())
@pytest.mark.parametrize("about", ["opened", "ticket-answered"])
def test_a_mail_made_of_it_has_the_headers_and_parts_that_it_was_given(about: str, text: str) -> None:
    message = told(hostile(about, text))
    mail = EmailMessage()
    mail["Subject"] = message.subject
    mail.set_content(message.text)
    mail.add_alternative(message.html, subtype="html")

    received = message_from_bytes(mail.as_bytes(policy=policy.SMTP), policy=policy.default)

    assert sorted(received.keys()) == ["Content-Type", "MIME-Version", "Subject"]
    assert len(list(received.walk())) == 3


def test_a_link_that_is_none_of_ours_is_no_link() -> None:
    message = told(noticed("ticket-answered", link="javascript:alert(1)"))

    assert Parsed(message.html).links == []
    assert "javascript" not in message.text


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(ABOUTS)), st.sampled_from(LANGUAGES), st.text(st.characters(), max_size=400))
@example("burn", "en", "1E100")
def test_no_text_at_all_does_anything(about: str, language: str, text: str) -> None:
    check(told(hostile(about, text), language=language))
    check(told(hostile(about, text), language=language, texts=TEXTS))

"""Every kind of message, in every language."""

import re

import pytest

from sla_engine.model.instant import DAY
from sla_engine.model.text import LANGUAGES
from sla_engine.plugin.abouts import ABOUTS
from sla_engine.plugin.names import NAMES
from tests.engine.wording.noticing import AT, FACTS, noticed, told

GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The default alphabet of 3GPP TS 23.038, 6.2.1."""
GSM_7_EXTENDED = frozenset("^{}\\[~]|€")

EVERY = [(about, language) for about in ABOUTS for language in LANGUAGES]


@pytest.mark.parametrize(("about", "language"), EVERY)
def test_a_message_has_all_its_parts_and_no_place_unfilled(about: str, language: str) -> None:
    message = told(noticed(about), language=language)

    for part in (message.subject, message.text, message.short):
        assert part.strip()
        assert not re.search(r"[{}]", part)
    assert "\n" not in message.subject
    assert len(message.subject) <= 120
    assert f'<html lang="{language}">' in message.html


@pytest.mark.parametrize("about", ABOUTS)
def test_no_two_languages_say_the_same(about: str) -> None:
    texts = {told(noticed(about), language=language).text for language in LANGUAGES}

    assert len(texts) == len(LANGUAGES)


@pytest.mark.parametrize(("about", "language"), EVERY)
def test_a_short_message_is_one_sms_of_the_letters_that_every_telephone_has(about: str, language: str) -> None:
    short = told(noticed(about, text="", subject="Orders", trouble="no results"), language=language).short

    assert set(short) <= GSM_7 | GSM_7_EXTENDED, sorted(set(short) - GSM_7 - GSM_7_EXTENDED)
    assert len(short) + sum(letter in GSM_7_EXTENDED for letter in short) <= 150


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_many_things_too_a_short_message_has_the_letters_that_every_telephone_has(language: str) -> None:
    down = [noticed("opened", number, title={"": f"S{number}"}, cause="db1") for number in range(5)]
    up = [noticed("recovered", number, title={"": f"S{number}"}) for number in range(5, 8)]
    burning = [noticed("burn", number, title={"": f"S{number}"}, service=f"s{number}") for number in range(8, 10)]

    for notices in (down, up, burning, [*down, *up, *burning]):
        assert set(told(*notices, language=language).short) <= GSM_7 | GSM_7_EXTENDED


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [1, 2])
def test_counts_have_the_forms_of_their_numbers(language: str, count: int) -> None:
    held = told(noticed("held", count=count), language=language).subject
    certificate = told(noticed("certificate", expires_at=AT + count * DAY), language=language).text
    one, many = {
        "en": (("1 message", "1 day."), ("2 messages", "2 days.")),
        "pt": (("1 mensagem", "1 dia."), ("2 mensagens", "2 dias.")),
        "es": (("1 mensaje", "1 día."), ("2 mensajes", "2 días.")),
        "fr": (("1 message", "1 jour."), ("2 messages", "2 jours.")),
        "de": (("1 Nachricht", "1 Tag "), ("2 Nachrichten", "2 Tagen ")),
    }[language]
    messages, days = one if count == 1 else many

    assert held.endswith(messages)
    assert days in certificate


def test_every_name_that_texts_may_use_has_a_value_in_some_message() -> None:
    with_cause = noticed("opened", cause="db1.example.com")
    moved = noticed("maintenance-changed")
    messages = [told(noticed(about)) for about in FACTS] + [told(with_cause), told(moved)]

    assert {name for message in messages for name in message.names if message.names[name]} | {"customer"} == set(NAMES)
    assert told(noticed("burn", customer="acme")).names["customer"] == "acme"

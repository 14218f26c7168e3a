"""Which articles are found, and which are suggested."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sla_engine.engine.faq.searching import faq_of
from sla_engine.store import Store
from sla_engine.store.faq import index_digests

Write = Callable[[str, str | bytes], None]


def found(folder: Path, store: Store, words: str, language: str) -> list[str]:
    return [f"{one.id}.{one.language}" for one in faq_of(folder, store).search(words, language)]


@pytest.mark.every_database
@pytest.mark.parametrize(
    ("words", "language", "articles"),
    [
        ("spf", "en", ["spf.en"]),
        ("SPF record", "en", ["spf.en"]),
        ("rejected", "en", ["bounces.en", "sms-length.en"]),  # in a title before in a text
        ("550", "en", ["bounces.en"]),
        ("why is my mail rejected", "en", ["bounces.en"]),  # not by the words that every text has
        ("mensagem unica", "pt", ["spf.pt"]),  # another ending, and no accents
        ("consentimento", "pt", ["opt-in.pt"]),
        ("délivrabilité", "fr", ["opt-in.fr"]),
        ("delivrabilite", "fr", ["opt-in.fr"]),
        ("GROSSE", "de", ["bounces.de"]),
        ("cuantos", "es", ["sms-length.es"]),
        ("bounce", "pt", ["bounces.en"]),  # found in another language, and not written in this one
        ("sender", "pt", ["spf.pt"]),  # found in another language, and written in this one
        ("spf unicorn", "en", ["spf.en"]),  # none has both words
        ("unicorn", "en", []),
        ("", "en", []),
        ("!!! ???", "en", []),
    ],
)
def test_articles_are_found_by_their_words(
    words: str, language: str, articles: list[str], folder: Path, store: Store
) -> None:
    assert found(folder, store, words, language) == articles


@pytest.mark.parametrize(
    "words",
    [
        '"',
        "spf'; DROP TABLE faq_articles; --",
        "title:spf",
        "NEAR(spf dns)",
        "spf*",
        "(spf",
        "spf AND",
        "^spf",
        "{",
        "-",
    ],
)
def test_what_is_typed_is_never_a_command_of_the_index(words: str, folder: Path, store: Store) -> None:
    answer = found(folder, store, words, "en")

    assert answer in ([], ["spf.en"])
    assert found(folder, store, "spf", "en") == ["spf.en"]


@pytest.mark.parametrize(
    ("text", "language", "articles"),
    [
        ("Our mails to gmail are rejected with 550 since monday", "en", ["bounces.en"]),
        ("Bonjour, le consentement des destinataires, comment faire ?", "fr", ["opt-in.fr"]),
        ("SPF", "pt", ["spf.pt"]),
        ("We would like to change the address on our invoice", "en", []),
        ("Could you help with this problem please? Thank you very much", "en", []),
        ("", "en", []),
    ],
)
def test_articles_are_suggested_by_what_a_customer_writes(
    text: str, language: str, articles: list[str], folder: Path, store: Store
) -> None:
    assert [f"{one.id}.{one.language}" for one in faq_of(folder, store).suggest(text, language)] == articles


def test_the_index_follows_the_files(folder: Path, store: Store, write: Write) -> None:
    assert found(folder, store, "unicorn", "en") == []

    write("en/unicorn.md", "# Unicorns\n")
    assert found(folder, store, "unicorn", "en") == ["unicorn.en"]

    write("en/unicorn.md", "# Horses\n")
    assert found(folder, store, "unicorn", "en") == ["unicorn.en"]  # its id is one of its words
    assert found(folder, store, "horses", "en") == ["unicorn.en"]

    (folder / "en" / "unicorn.md").unlink()
    assert found(folder, store, "horses", "en") == []


def test_the_index_is_made_anew_only_where_files_are_others(folder: Path, store: Store) -> None:
    faq_of(folder, store)
    with store.reading() as connection:
        before = index_digests(connection)
        rows = connection.exec_driver_sql("SELECT id FROM faq_articles ORDER BY id").all()

    faq_of(folder, store)

    with store.reading() as connection:
        assert index_digests(connection) == before
        assert connection.exec_driver_sql("SELECT id FROM faq_articles ORDER BY id").all() == rows

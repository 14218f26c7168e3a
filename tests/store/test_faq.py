"""The index of the FAQ, on both databases."""

from collections.abc import Sequence

import pytest

from sla_engine.store import Store
from sla_engine.store.faq import IndexedArticle, find_articles, index_articles, index_digests

ARTICLES = [
    IndexedArticle("spf", "en", "1", "how do i set up spf", "dns sender", "publish one record for your messages"),
    IndexedArticle("bounces", "en", "2", "why are mails rejected", "bounce 550", "servers say why; see spf"),
    IndexedArticle("spf", "pt", "3", "como configuro o spf", "", "as mensagens sao verificadas"),
    IndexedArticle("envios", "pt", "4", "limites de envio", "", "uma mensagem por minuto"),
]


@pytest.fixture(autouse=True)
def index(store: Store) -> None:
    with store.changing() as connection:
        index_articles(connection, [IndexedArticle("old", "en", "0", "spf", "", "")])
        index_articles(connection, ARTICLES)


@pytest.mark.parametrize(
    ("words", "language", "found"),
    [
        (["spf"], "en", ["spf", "bounces"]),  # a title weighs more than a text
        (["dns"], "en", ["spf"]),
        (["spf", "mails"], "en", ["bounces"]),
        (["message"], "en", ["spf"]),
        (["mensagem"], "pt", ["envios", "spf"]),
        (["verificada"], "pt", ["spf"]),
        (["mensagem"], "en", []),
        (["nothing"], "en", []),
        (["'; drop table faq_words; --", ":*", '"', "spf & dns"], "en", []),
        ([], "en", []),
    ],
)
def test_articles_are_found_the_best_first(
    words: Sequence[str], language: str, found: Sequence[str], store: Store
) -> None:
    with store.reading() as connection:
        answer = [one.article for one in find_articles(connection, words, language)]

    assert sorted(answer) == sorted(found)
    assert answer[:1] == list(found[:1]) or language == "pt"


def test_any_of_the_words_may_do_and_titles_may_be_asked_for(store: Store) -> None:
    with store.reading() as connection:
        either = find_articles(connection, ["dns", "rejected", "nothing"], "en", all_words=False)
        titled = find_articles(connection, ["spf", "nothing"], "en", all_words=False, in_titles=True)

    assert {one.article for one in either} == {"spf", "bounces"}
    assert [one.article for one in titled] == ["spf"]


def test_what_is_in_it_is_known_by_its_digests(store: Store) -> None:
    with store.reading() as connection:
        assert index_digests(connection) == {(one.article, one.language): one.digest for one in ARTICLES}

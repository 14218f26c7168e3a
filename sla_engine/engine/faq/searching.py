"""Finding articles: by the words that somebody types, and by what a customer writes.

The words are looked for in the language that is wanted, then in English, then in the others; an article that is found
is given in the wanted language where it is written in it.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import structlog
from attrs import frozen

from sla_engine.engine.faq.articles import Article, Articles, FaqError, read_articles
from sla_engine.engine.faq.words import all_words, asked_words, folded, telling_words
from sla_engine.model.text import LANGUAGES
from sla_engine.policy import PolicySet
from sla_engine.store import Store, StoreError
from sla_engine.store.faq import (
    FoundArticle,
    IndexedArticle,
    beginning,
    find_articles,
    index_articles,
    index_digests,
)

MOST = 10
"""Articles that a search gives."""
SUGGESTED = 3
"""Articles that are suggested where a customer asks something."""

_log = structlog.get_logger("sla_engine.faq")


@frozen
class Faq:
    """The articles as they stand now, and an index of their words."""

    articles: Articles
    store: Store

    def search(self, words: str, language: str, most: int = MOST) -> Sequence[Article]:
        """The articles that have all of some words, or any of them where none has all; the best first."""
        wanted = asked_words(words)
        with self.store.reading() as connection:
            for has_all in (True, False):
                in_each = [find_articles(connection, wanted, code, all_words=has_all) for code in _order(language)]
                if found := self._in_language(in_each, language, most):
                    return found
        return ()

    def suggest(self, text: str, language: str, most: int = SUGGESTED) -> Sequence[Article]:
        """The articles that may answer what a customer writes: with a word of it in title or tags, and another."""
        wanted = telling_words(text)
        with self.store.reading() as connection:
            in_each = [
                find_articles(connection, wanted, code, all_words=False, in_titles=True) for code in _order(language)
            ]
        near = [[one for one in found if self._shares(one, wanted)] for found in in_each]
        return self._in_language(near, language, most)

    def _shares(self, found: FoundArticle, wanted: Sequence[str]) -> bool:
        """Whether an article has at least two words that are wanted, or the one that there is."""
        article = self.articles.get(found.article, found.language)
        if article is None:
            return False
        own = all_words(f"{article.title} {' '.join(article.tags)} {article.text}")
        shared = sum(any(word.startswith(beginning(one)) for word in own) for one in wanted)
        return shared >= min(2, len(wanted))

    def _in_language(self, in_each: Sequence[Sequence[FoundArticle]], language: str, most: int) -> Sequence[Article]:
        names = dict.fromkeys(found.article for founds in in_each for found in founds)
        articles = (self.articles.get(name, language) for name in names)
        return [one for one in articles if one is not None][:most]


def open_faq(policies: PolicySet, store: Store) -> Faq:
    """The FAQ that the policies name, with its index as the files stand now.

    Raises:
        FaqError: the policies name none, or there is no such folder.
    """
    folder = policies.faq_folder
    if folder is None:
        raise FaqError('the policies name no FAQ: write engine.desk.faq = "faq", a folder beside the policy file')
    return faq_of(folder, store)


def faq_of(folder: Path, store: Store) -> Faq:
    """The FAQ of a folder, without the files that are no articles.

    Raises:
        FaqError: there is no such folder.
    """
    articles = read_articles(folder)
    wanted = {(one.id, one.language): one.digest for one in articles.known}
    with store.reading() as connection:
        is_known = index_digests(connection) == wanted
    if not is_known:
        with store.changing() as connection:
            index_articles(connection, map(_indexed, articles.known))
    return Faq(articles, store)


def suggest(policies: PolicySet, store: Store, text: str, language: str) -> Sequence[Article]:
    """The articles that may answer what a customer writes; none where there is no FAQ, or it cannot be read."""
    if policies.faq_folder is None:
        return ()
    try:
        return open_faq(policies, store).suggest(text, language)
    except (FaqError, StoreError, OSError) as error:
        _log.warning("the FAQ cannot be looked into", error=str(error))
        return ()


def _indexed(article: Article) -> IndexedArticle:
    tags = folded(f"{' '.join(article.tags)} {article.id.replace('-', ' ')}")
    return IndexedArticle(
        article.id, article.language, article.digest, folded(article.title), tags, folded(article.text)
    )


def _order(language: str) -> Iterator[str]:
    yield from dict.fromkeys((language, "en", *LANGUAGES))

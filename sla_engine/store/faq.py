"""An index of the words of FAQ articles, made anew whenever the articles are others: SQLite's FTS5 or PostgreSQL's
tsvector. The articles themselves stay files.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import sqlalchemy as sa
from attrs import frozen

from sla_engine.store.tables import faq_articles

DICTIONARIES: Mapping[str, str] = MappingProxyType(
    {"pt": "portuguese", "en": "english", "es": "spanish", "fr": "french", "de": "german"}
)
"""PostgreSQL's dictionaries, by language; words of any other are taken as they are."""
_TITLE, _TAGS, _TEXT = 8.0, 6.0, 1.0
_LOCK = 8_207_114_311_007_401


@frozen
class IndexedArticle:
    """The words of an article in one language, without accents and capitals.

    Attributes:
        digest: of its file.
    """

    article: str
    language: str
    digest: str
    title: str
    tags: str
    text: str


@frozen
class FoundArticle:
    """An article that has words that were asked for.

    Attributes:
        score: how well it fits; comparable only within one search of one database.
    """

    article: str
    language: str
    score: float


def index_digests(connection: sa.Connection) -> Mapping[tuple[str, str], str]:
    """The digests of what is in the index, by article and language."""
    rows = connection.execute(sa.select(faq_articles.c.article, faq_articles.c.language, faq_articles.c.digest))
    return {(row.article, row.language): row.digest for row in rows}


def index_articles(connection: sa.Connection, articles: Iterable[IndexedArticle]) -> None:
    """Put these articles into the index in place of what was there."""
    is_postgresql = connection.dialect.name == "postgresql"
    if is_postgresql:  # two that index at once would both find it empty
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    connection.execute(sa.text("DELETE FROM faq_words"))
    connection.execute(faq_articles.delete())
    for one in articles:
        row = {"article": one.article, "language": one.language, "digest": one.digest}
        number = connection.execute(faq_articles.insert().values(**row).returning(faq_articles.c.id)).scalar_one()
        words = {"id": number, "title": one.title, "tags": one.tags, "text": one.text}
        if is_postgresql:
            connection.execute(_POSTGRESQL_ADD, {**words, "dictionary": _dictionary(one.language)})
        else:
            connection.execute(_SQLITE_ADD, words)


def find_articles(
    connection: sa.Connection, words: Sequence[str], language: str, *, all_words: bool = True, in_titles: bool = False
) -> Sequence[FoundArticle]:
    """The articles in a language that have words, the best first; also words that only begin so.

    Args:
        words: of letters and digits alone, without accents and capitals.
        all_words: whether an article must have all of them, or any.
        in_titles: whether one of them must stand in its title or tags.
    """
    plain = [word for word in words if word.isalnum()]
    if not plain:
        return []
    if connection.dialect.name == "postgresql":
        any_of = " | ".join(f"{word}:*" for word in plain)
        values = {
            "dictionary": _dictionary(language),
            "wanted": (" & " if all_words else " | ").join(f"{word}:*" for word in plain),
            # A and B weigh titles and tags: without them every word of the text would do.
            "titles": " | ".join(f"{word}:*AB" for word in plain) if in_titles else any_of,
            "language": language,
        }
        rows = connection.execute(_POSTGRESQL_FIND, values)
    else:
        either = " OR ".join(map(_quoted, plain))
        wanted = f"({(' AND ' if all_words else ' OR ').join(map(_quoted, plain))})"
        query = f"{wanted} AND {{title tags}} : ({either})" if in_titles else wanted
        rows = connection.execute(_SQLITE_FIND, {"query": query, "language": language})
    return [FoundArticle(row.article, row.language, float(row.score)) for row in rows]


def beginning(word: str) -> str:
    """What of a word is looked for: endings differ (mensagem, mensagens), and FTS5 knows no language."""
    ending = 0 if len(word) < 5 or word.isdigit() else 1 if len(word) < 8 else 2
    return word[: len(word) - ending]


def _quoted(word: str) -> str:
    return f'"{beginning(word)}"*'


def _dictionary(language: str) -> str:
    return DICTIONARIES.get(language, "simple")


_SQLITE_ADD = sa.text("INSERT INTO faq_words (rowid, title, tags, text) VALUES (:id, :title, :tags, :text)")
_SQLITE_FIND = sa.text(
    f"SELECT article, language, -bm25(faq_words, {_TITLE}, {_TAGS}, {_TEXT}) AS score "  # noqa: S608 (numbers of ours)
    "FROM faq_words JOIN faq_articles ON faq_articles.id = faq_words.rowid "
    "WHERE faq_words MATCH :query AND language = :language ORDER BY score DESC, article"
)
_POSTGRESQL_ADD = sa.text(
    "INSERT INTO faq_words (article, words) VALUES (:id, "
    "setweight(to_tsvector(CAST(:dictionary AS regconfig), :title), 'A') || "
    "setweight(to_tsvector(CAST(:dictionary AS regconfig), :tags), 'B') || "
    "to_tsvector(CAST(:dictionary AS regconfig), :text))"
)
_POSTGRESQL_FIND = sa.text(
    "SELECT faq_articles.article, language, ts_rank_cd('{0.05, 0.1, 0.6, 0.8}', words, wanted) AS score "
    "FROM faq_words JOIN faq_articles ON faq_articles.id = faq_words.article, "
    "to_tsquery(CAST(:dictionary AS regconfig), :wanted) AS wanted, "
    "to_tsquery(CAST(:dictionary AS regconfig), :titles) AS titles "
    "WHERE words @@ wanted AND words @@ titles AND language = :language ORDER BY score DESC, faq_articles.article"
)

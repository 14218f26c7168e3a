"""Articles as people and programs are told of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sla_engine.engine.faq.articles import Article


def article_json(article: Article, *, is_whole: bool = False) -> Mapping[str, Any]:
    """An article in short, or with its text."""
    short = {
        "id": article.id,
        "language": article.language,
        "title": article.title,
        "tags": list(article.tags),
        "summary": article.summary,
    }
    return {**short, "text": article.text} if is_whole else short


def suggested_text(suggested: Sequence[Article]) -> str:
    """Which articles may answer what was asked."""
    lines = [f"  {one.id}  {one.title}" for one in suggested]
    return "\n".join(("the FAQ may answer it:", *lines))


def searched_text(words: str, found: Sequence[Article]) -> str:
    """What a look into the FAQ came to, as the checklist of a ticket keeps it."""
    return f"{words!r}: {', '.join(one.id for one in found) or 'nothing found'}"

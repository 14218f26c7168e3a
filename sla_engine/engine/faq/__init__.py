"""The FAQ: articles in files, found by their words, and suggested where a customer asks what one of them answers."""

from sla_engine.engine.faq.articles import Article, FaqError, read_articles
from sla_engine.engine.faq.searching import Faq, open_faq, suggest

__all__ = ["Article", "Faq", "FaqError", "open_faq", "read_articles", "suggest"]

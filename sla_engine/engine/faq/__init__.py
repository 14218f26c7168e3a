"""The FAQ: articles in files, found by their words, and suggested where a customer asks what one of them answers.

Who looks for articles asks `sla_engine.engine.faq.searching`; the files alone are read without a database.
"""

from sla_engine.engine.faq.articles import Article, FaqError, read_articles

__all__ = ["Article", "FaqError", "read_articles"]

"""The languages that people are told things in: texts, numbers, times and lists."""

from sla_engine.languages.catalogues import language
from sla_engine.languages.language import Language

__all__ = ["Language", "language"]

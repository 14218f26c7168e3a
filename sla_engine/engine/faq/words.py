"""Words as they are looked for: without accents and capitals, and without those that every text has."""

import re
import unicodedata
from functools import cache
from pathlib import Path

_WORD = re.compile(r"[^\W_]+")
_SHORTEST = 4
_MOST = 64
_LONGEST = 40

_LIST = Path(__file__).parent / "everywhere.txt"
"""Of all languages together, as customers do not always write in their own."""


def folded(text: str) -> str:
    """A text without accents and capitals."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def all_words(text: str) -> frozenset[str]:
    """Every word of a text, each once."""
    return frozenset(_WORD.findall(folded(text)))


def asked_words(text: str) -> tuple[str, ...]:
    """What somebody looks for, word by word; what every text has only where there is nothing else."""
    every = tuple(dict.fromkeys(word[:_LONGEST] for word in _WORD.findall(folded(text))))[:_MOST]
    return tuple(word for word in every if not _is_everywhere(word)) or every


def telling_words(text: str) -> tuple[str, ...]:
    """What a customer's words are about: those of some length, and names in capitals or with digits, such as SPF."""
    found = dict.fromkeys(folded(word)[:_LONGEST] for word in _WORD.findall(text) if _tells(word))
    return tuple(word for word in found if word.isalnum())[:_MOST]


def _tells(word: str) -> bool:
    plain = folded(word)
    if len(word) >= 2 and word.isupper() and len(word) <= 6:
        return True
    if any(letter.isdigit() for letter in word):
        return len(word) >= 3
    return len(plain) >= _SHORTEST and not _is_everywhere(plain)


def _is_everywhere(word: str) -> bool:
    return word in _everywhere() or len(word) == 1


@cache
def _everywhere() -> frozenset[str]:
    lines = _LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())

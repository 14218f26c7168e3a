"""A text made to fit: only what a phone can show, in the cheaper alphabet where that is wanted, and not too long."""

import re
from bisect import bisect_right
from unicodedata import category, normalize

from sla_sms.texts import measure

_LINE_ENDS = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")
_UNREADABLE = re.compile(r"[\x00-\x09\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")
# What decomposition leaves as it is.
_PLAIN = str.maketrans(
    {
        "‘": "'",
        "’": "'",
        "‚": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "•": "-",
        "·": "-",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ı": "i",
        "œ": "oe",
        "Œ": "OE",
        "→": "->",
        "×": "x",
        "\u2044": "/",
    }
)
_JOINER = "\u200d"
_MOST_IN_A_PART = 160


def fit(text: str, *, max_parts: int, transliterate: bool) -> str:
    """The text as it is sent.

    Args:
        max_parts: how many parts it may take; a longer one is cut at a character, and ends in dots.
        transliterate: whether characters outside of GSM-7 become their likes in it, where that makes it GSM-7.
    """
    readable = re.sub(" {2,}", " ", _UNREADABLE.sub(" ", _LINE_ENDS.sub("\n", text))).strip()
    readable = normalize("NFC", readable)[: max_parts * _MOST_IN_A_PART + 1]
    plain = _transliterated(readable) if transliterate else readable
    chosen = plain if measure(plain).alphabet == "GSM-7" else readable
    if measure(chosen).parts <= max_parts:
        return chosen
    longest = bisect_right(range(len(chosen)), max_parts, key=lambda end: measure(_cut(chosen, end)).parts) - 1
    return _cut(chosen, longest)


def _transliterated(text: str) -> str:
    return "".join(character if _is_gsm(character) else _likeness(character) for character in text)


def _likeness(character: str) -> str:
    """A character without its marks, or the compatible ones that stand for it; itself where there are none."""
    decomposed = normalize("NFKD", character)
    return "".join(part for part in decomposed if not category(part).startswith("M")).translate(_PLAIN)


def _is_gsm(character: str) -> bool:
    return measure(character).alphabet == "GSM-7"


def _cut(text: str, end: int) -> str:
    """The beginning of a text and dots; what is seen as one character is not torn apart."""
    while 0 < end < len(text) and (category(text[end]).startswith("M") or _JOINER in text[end - 1 : end + 1]):
        end -= 1
    beginning = text[:end].rstrip()
    return f"{beginning}..." if measure(beginning).alphabet == "GSM-7" else f"{beginning}…"

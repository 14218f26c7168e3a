"""Messages in few characters, as an SMS takes them: 160 of the letters of GSM 03.38, or 70 of any others.

What is written here keeps to the former where the language has the letters; which of them a title or a reason has is
not for us to change. The signs of typography are written plainly.
"""

from collections.abc import Callable

MOST = 150
"""Room is left for what a gateway puts before it."""
MOST_TITLE = 40
_TWICE = frozenset("^{}\\[~]|€")
"""What GSM 03.38 writes as two characters."""
_PLAINLY = str.maketrans(
    {"–": "-", "—": "-", "…": "...", "’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
     "\xa0": " ", "\u202f": " ", "•": "*"}
)  # fmt: skip


def fitted(make: Callable[[str], str], elastic: str) -> str:
    """A text of at most `MOST` characters.

    Args:
        make: puts it together.
        elastic: the part of which as much is given as there is room for.
    """
    text = make(elastic).translate(_PLAINLY)
    spare = MOST - (_length(text) - _length(elastic.translate(_PLAINLY)))
    if _length(text) > MOST and spare > len("..."):
        text = make(_cut(elastic.translate(_PLAINLY), spare)).translate(_PLAINLY)
    return _cut(text, MOST)


def in_telephone_letters(words: str) -> str:
    """Words of ours, in capitals where they need it: GSM 03.38 has Ç, and not ç."""
    return words.upper() if "ç" in words else words


def brief(title: str) -> str:
    """A title that leaves room for what is said of it."""
    return _cut(title, MOST_TITLE)


def _cut(text: str, most: int) -> str:
    if _length(text) <= most:
        return text
    shown = text[: most - len("...")]
    while _length(shown) > most - len("..."):
        shown = shown[:-1]
    return f"{shown.rstrip()}..."


def _length(text: str) -> int:
    return len(text) + sum(letter in _TWICE for letter in text)

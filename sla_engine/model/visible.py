"""Texts from outside, made fit to be shown: nothing in them that cannot be seen, and no more of them than is meant.

What cannot be seen are control characters, surrogates, zero-width characters and those that turn the direction of
writing (Unicode TR 36): by them a text can end a header, or read otherwise than it is.
"""

import re

_SPACE = re.compile(r"\s+")
_BREAK = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")


def one_line(text: str, most: int) -> str:
    """The text on one line, of at most so many characters; a longer one ends in ``…``."""
    # What is cut off later need not be looked at, however long it is.
    shown = text[: 4 * most]
    if not shown.isprintable():
        shown = "".join(letter for letter in _SPACE.sub(" ", shown) if letter.isprintable())
    return _cut(_SPACE.sub(" ", shown).strip(), most)


def visible_lines(text: str, most: int) -> str:
    """The text with its lines, of at most so many characters; a longer one ends in ``…``."""
    lines = _BREAK.sub("\n", text[: 4 * most]).split("\n")
    return _cut("\n".join(_visible(line) for line in lines).strip(), most)


def _visible(line: str) -> str:
    """A line whose spaces stay as they are, be they those of French punctuation."""
    if line.isprintable():
        return line
    return "".join(letter for letter in line.replace("\t", "    ") if letter.isprintable() or letter in "\xa0\u202f")


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"

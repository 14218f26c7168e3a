"""What of a reply is new: the quoted mail below it and the signature are parted from it where they are clearly marked.

Answers that stand between quoted lines stay as they are, and so does a mail of which nothing would be left.
"""

import re

from attrs import frozen

_QUOTED = re.compile(r"\s*>")
_HEADER_OF_QUOTE = re.compile(r"\s*>?\s*\*?[^\s:][^:]{0,24}:\*?\s+\S")
_DIVIDER = re.compile(r"\s*(?:-{2,}\s*\w[^-]{3,40}-{2,}|_{20,})\s*")
_ADDRESS_OR_DATE = re.compile(r"@|\d{1,2}:\d{2}")
_MOST_INTRODUCING = 3


@frozen
class Reply:
    """A reply in its parts.

    Attributes:
        text: what is new.
        rest: what was parted from it, or an empty text.
    """

    text: str
    rest: str = ""


def new_part(text: str) -> Reply:
    """A reply without what it quotes and without its signature."""
    lines = text.split("\n")
    end = _begin_of_signature(lines, _begin_of_quote(lines))
    kept = "\n".join(lines[:end]).strip()
    return Reply(kept, "\n".join(lines[end:]).strip()) if kept else Reply(text)


def _begin_of_quote(lines: list[str]) -> int:
    """The line at which the quoted mail begins that everything below belongs to, or the number of lines."""
    for at, line in enumerate(lines):
        if _DIVIDER.fullmatch(line) and _heads_of_quote(lines, at + 1) >= 2:
            return at
    return _begin_of_quoted_lines(lines)


def _begin_of_quoted_lines(lines: list[str]) -> int:
    """Where the lines marked by ``>`` begin that end the mail, the words that introduce them included."""
    end = _begin_of_signature(lines, len(lines))
    last = _last_written(lines, end)
    if last < 0 or not _QUOTED.match(lines[last]):
        return len(lines)
    at = last
    while at > 0 and (_QUOTED.match(lines[at - 1]) or not lines[at - 1].strip()):
        at -= 1
    begins = next(line for line in range(at, last + 1) if _QUOTED.match(lines[line]))
    return _introduced_at(lines, begins)


def _introduced_at(lines: list[str], quote: int) -> int:
    """Where the words begin that introduce a quote, ``On ... ana@example.com wrote:`` in whatever language."""
    last = _last_written(lines, quote)
    if last < 0 or not lines[last].rstrip().endswith(":"):
        return quote
    for at in range(last, max(-1, last - _MOST_INTRODUCING), -1):
        if not lines[at].strip():
            break
        if _ADDRESS_OR_DATE.search(" ".join(lines[at : last + 1])):
            return at
    return quote


def _begin_of_signature(lines: list[str], end: int) -> int:
    """The line ``-- `` at which a signature begins (RFC 3676, 4.3), or the end."""
    return next((at for at in range(end - 1, -1, -1) if lines[at] in {"-- ", "--"}), end)


def _last_written(lines: list[str], end: int) -> int:
    """The last line before one that is not blank, or -1."""
    return next((at for at in range(end - 1, -1, -1) if lines[at].strip()), -1)


def _heads_of_quote(lines: list[str], at: int) -> int:
    """How many of the next lines are headers of the mail that is quoted: ``From: ...``, ``Sent: ...``."""
    following = [line for line in lines[at : at + 8] if line.strip()][:5]
    return sum(_HEADER_OF_QUOTE.match(line) is not None for line in following)

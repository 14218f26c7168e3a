"""Header fields by RFC 5322 and 2047: whatever goes in, one field of folded ASCII comes out.

The standard library's own generator is not used for them: it encodes a Message-ID or an address of the web that is
longer than a line, after which no program knows it any more.
"""

import re
from email.header import Header

_LINE = 76
_LONGEST_WORD = 900  # of the 998 characters that a line can have
# Ends of lines, controls, halves of characters, and what turns the direction of writing.
_UNWANTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")
_NAME = re.compile(r"[!-9;-~]{1,60}")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_OWN = re.compile(
    r"(?:from|sender|reply-to|to|cc|bcc|subject|date|message-id|in-reply-to|references|return-path|received"
    r"|auto-submitted|importance|mime-version|dkim-signature|content-.*|resent-.*|arc-.*|authentication-results)",
    re.IGNORECASE,
)


def one_line(text: str) -> str:
    """A text on one line; what it holds besides characters for people is a blank."""
    return re.sub(" {2,}", " ", _UNWANTED.sub(" ", text)).strip(" ")


def is_further(name: str, value: str) -> bool:
    """Whether such a field may be added: it is one, and none of those that a mail has from us or gets on its way."""
    is_one = _NAME.fullmatch(name) is not None and all(len(word) < _LONGEST_WORD for word in value.split())
    return is_one and _OWN.fullmatch(name) is None


def field(name: str, value: str) -> str:
    """A field whose value is in ASCII, or has addresses beyond it; its words are folded and never torn apart."""
    lines = [f"{name}:"]
    for word in value.split():
        if len(lines[-1]) + 1 + len(word) > _LINE and lines[-1] != f"{name}:":
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines) + "\r\n"


def text_field(name: str, text: str) -> str:
    """A field whose value is for people, such as a subject, in encoded words where it must be (RFC 2047)."""
    line = one_line(text)
    if _is_plain(line):
        return field(name, line)
    return f"{name}: {_encoded(line, name)}\r\n"


def phrase(name: str) -> str:
    """A name before an address (RFC 5322, 3.2.5)."""
    line = one_line(name)
    if not _is_plain(line):
        return _encoded(line, "Reply-To").replace("\r\n ", " ")
    if _ATOMS.fullmatch(line):
        return line
    escaped = line.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _is_plain(line: str) -> bool:
    """Whether a line can stand as it is: readers would decode what looks like an encoded word."""
    return line.isascii() and "=?" not in line and all(len(word) < _LINE for word in line.split(" "))


def _encoded(line: str, name: str) -> str:
    """The value of the field of that name in encoded words, none of which tears a character apart."""
    return Header(line, "utf-8", header_name=name, maxlinelen=_LINE).encode(linesep="\r\n")

"""Bytes as text, whatever a mail says of their charset, and also where that is wrong."""

import codecs

_NEVER = frozenset({"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "mbcs", "oem"})
"""Encodings of Python's that are no charsets of mail; some of them take very long."""
_AS_WRITTEN = {"ascii": "utf-8", "iso8859-1": "cp1252"}
"""What is meant where these are said: programs that know no better say them (WHATWG Encoding, 4.2)."""


def decoded(content: bytes, charset: str | None) -> str:
    """The text; what no charset can read is replaced by a mark."""
    for name in dict.fromkeys((_named(charset), "utf-8")):
        if name is None:
            continue
        try:
            return content.decode(name)
        except (UnicodeError, LookupError, ValueError):
            continue
    return content.decode("cp1252", errors="replace")


def _named(charset: str | None) -> str | None:
    """Python's name for a charset, or None where it knows none, or should not."""
    if charset is None:
        return None
    try:
        name = codecs.lookup(charset.strip().strip("\"'")).name
    except (LookupError, ValueError):
        return None
    return None if name in _NEVER else _AS_WRITTEN.get(name, name)

"""The header fields of a mail, none of which may cost more than a glance, whatever stands in it."""

import re
from collections.abc import Iterator, Sequence
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.policy import EmailPolicy
from email.utils import getaddresses

from attrs import frozen

from sla_engine.engine.mail.charsets import decoded
from sla_engine.model.visible import one_line

_LONGEST_FIELD = 8_000
_LONGEST_OF_CONTENT = 1_500
"""Whose parameters the standard library takes apart at every look, in a time that grows with their square."""
_MOST_FIELDS = 200
_LONGEST_ADDRESS, _LONGEST_LOCAL_PART = 254, 64
_LONGEST_ID = 300
_LONGEST_LINE = 1_000
_ID = re.compile(rf"<([!-;=?-~]{{1,{_LONGEST_ID}}})>")
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>\s*")
_ADDRESS = re.compile(
    r"(?!\.)(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]|[^\x00-\x9f\s])+(?<!\.)"
    r"@(?!-)(?:[A-Za-z0-9-]|[^\x00-\x9f\s])+(?:\.(?:[A-Za-z0-9-]|[^\x00-\x9f\s])+)*"
)


class BoundedPolicy(EmailPolicy):
    """The standard library's way of reading mail, with fields cut where no honest one ends: some are read slowly."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """The name and the value of a field."""
        name, value = super().header_source_parse(sourcelines)
        most = _LONGEST_OF_CONTENT if name.lower().startswith("content-") else _LONGEST_FIELD
        return name[:_LONGEST_FIELD], value[:most]


@frozen
class Mailbox:
    """Somebody whom a field names.

    Attributes:
        name: for people, or an empty text.
    """

    address: str
    name: str = ""


def fields(message: Message, name: str) -> Iterator[str]:
    """The values of all fields of a name as they stand, on one line each, the topmost first."""
    wanted = name.lower()
    found = [value for field, value in message.raw_items() if field.lower() == wanted]
    for value in found[:_MOST_FIELDS]:
        yield _unfolded(str(value))


def first(message: Message, name: str) -> str:
    """The value of the first field of a name as it stands, or an empty text."""
    return next(fields(message, name), "")


def shown(message: Message, name: str) -> str:
    """The first field of a name as people read it: one line, with encoded words decoded (RFC 2047)."""
    return one_line(_in_words(first(message, name)), _LONGEST_LINE)


def mailboxes(message: Message, *names: str) -> Sequence[Mailbox]:
    """Whom the fields of some names name; what is no address is left out."""
    values = [value for name in names for value in fields(message, name)]
    try:
        pairs = getaddresses(values)
    except (ValueError, IndexError, RecursionError):  # nested comments without end
        return ()
    return [
        Mailbox(address.strip(), one_line(_in_words(name), _LONGEST_LINE))
        for name, address in pairs
        if is_address(address.strip())
    ]


def authors(message: Message) -> Sequence[Mailbox]:
    """Who wrote a mail, as it says itself.

    A name that holds an address is a name: what stands in angle brackets is who wrote it.
    """
    value = first(message, "from")
    one = _NAMED.fullmatch(value)
    if one is None or not is_address(one["address"].strip()):
        return mailboxes(message, "from")
    return [Mailbox(one["address"].strip(), one_line(_in_words(one["name"].strip().strip('"')), _LONGEST_LINE))]


def message_ids(message: Message, *names: str) -> Sequence[str]:
    """The identifiers that the fields of some names hold, without brackets, in their order."""
    return [found for name in names for value in fields(message, name) for found in _ID.findall(value)]


def is_address(text: str) -> bool:
    """Whether a text is an address that can be written to, and nothing else."""
    local = text.rpartition("@")[0]
    return (
        _ADDRESS.fullmatch(text) is not None
        and text.isprintable()
        and ".." not in text
        and len(text.encode(errors="replace")) <= _LONGEST_ADDRESS
        and len(local.encode(errors="replace")) <= _LONGEST_LOCAL_PART
    )


def _unfolded(value: str) -> str:
    """A value on one line; bytes beyond ASCII, which no header should have, are read as what they look like."""
    raw = value.encode("utf-8", "surrogateescape")
    return " ".join(decoded(raw, None).split())


def _in_words(value: str) -> str:
    """A value with its encoded words decoded; what cannot be decoded stays as it is."""
    if "=?" not in value:
        return value
    try:
        words = decode_header(value)
    except (HeaderParseError, ValueError):
        return value
    return "".join(word if isinstance(word, str) else decoded(word, charset) for word, charset in words)

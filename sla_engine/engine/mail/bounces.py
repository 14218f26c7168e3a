"""What a bounce tells: who could not be reached and why (RFC 3464), and which mail it is about."""

from collections.abc import Iterator, Sequence
from email.message import Message

from sla_engine.engine.mail.bodies import inner
from sla_engine.engine.mail.charsets import decoded
from sla_engine.engine.mail.headers import first, message_ids
from sla_engine.engine.mail.mail import Failure
from sla_engine.model.visible import one_line

_MOST = 20
_LONGEST = 300
_MOST_LOOKED_AT = 100_000


def failures(mail: Message) -> Sequence[Failure]:
    """Who could not be reached, for now or for ever; none where the bounce does not say so as the standard has it."""
    found = []
    for report in _parts(mail, "message/delivery-status"):
        for about in (part for part in inner(report) if first(part, "final-recipient")):
            if first(about, "action").strip().lower() in {"failed", "delayed"}:
                reason = first(about, "diagnostic-code") or first(about, "status")
                found.append(Failure(_value(first(about, "final-recipient")), _value(reason)))
    return found[:_MOST]


def bounced_ids(mail: Message) -> Iterator[str]:
    """The identifiers of the mail that could not be delivered, and of those that it answered."""
    for original in _parts(mail, "message/rfc822"):
        for one in inner(original):
            yield from message_ids(one, "message-id", "in-reply-to")
    for headers in _parts(mail, "text/rfc822-headers", "text/plain", "message/delivery-status"):
        raw = headers.get_payload(decode=True) if not headers.is_multipart() else None
        if isinstance(raw, bytes):
            text = decoded(raw[:_MOST_LOOKED_AT], headers.get_content_charset())
            yield from _ids_in(text)


def _ids_in(text: str) -> Sequence[str]:
    """Whatever stands in a text as an identifier does; old servers only quote what they could not deliver."""
    holder = Message()
    for line in text.splitlines():
        if "@" in line and "<" in line:
            holder["References"] = line
    return message_ids(holder, "references")


def _parts(mail: Message, *kinds: str) -> Iterator[Message]:
    for part in inner(mail) or [mail]:
        if part.get_content_type() in kinds:
            yield part


def _value(text: str) -> str:
    """A value without its kind, ``rfc822;`` or ``smtp;``."""
    return one_line(text.partition(";")[2] or text, _LONGEST)

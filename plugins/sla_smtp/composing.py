"""A message as a mail, the same bytes on every try: its key is the Message-ID, and its thread is what it answers to."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from sla_engine.plugin import Message
from sla_smtp.headers import field, is_further, one_line, text_field
from sla_smtp.mailboxes import Mailbox

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Seven bits whatever is said: servers that convert eight would break the signature (RFC 6376, 5.3).
_PARTS = SMTP.clone(cte_type="7bit")
_LINE_ENDS = re.compile(r"\r\n|[\r\u2028\u2029]")
_UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_KEY = re.compile(r"[A-Za-z0-9-]{1,200}")
_MESSAGE_ID = re.compile(r"[!-;=?-~]{1,400}")  # whatever a program makes of one, but blanks and brackets
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")


def compose(message: Message, to: Sequence[Mailbox], sender: Mailbox, reply_to: Mailbox | None = None) -> bytes:
    """The mail, with CRLF line ends.

    Args:
        reply_to: who gets the answers, where the message names nobody.
    """
    head = "".join(_fields(message, to, sender, reply_to))
    return head.encode() + _content(message).as_bytes()


def _fields(message: Message, to: Sequence[Mailbox], sender: Mailbox, reply_to: Mailbox | None) -> Iterator[str]:
    yield field("From", sender.in_header)
    yield field("To", ", ".join(mailbox.in_header for mailbox in to))
    if reply_to is not None:
        yield field("Reply-To", reply_to.in_header)
    yield text_field("Subject", message.subject)
    yield field("Date", format_datetime(_EPOCH + timedelta(microseconds=message.at)))
    yield field("Message-ID", f"<{_key(message.key)}@{sender.domain}>")
    # Of a thread the first is a mail that was never sent, so that any of it may come first.
    before = [] if message.thread is None else [f"<thread-{_digest(message.thread)}@{sender.domain}>"]
    if message.answers is not None and _MESSAGE_ID.fullmatch(message.answers):
        before.append(f"<{message.answers}>")
    if before:
        yield field("In-Reply-To", before[-1])
        yield field("References", " ".join(before))
    if _LANGUAGE.fullmatch(message.language):
        yield field("Content-Language", message.language)
    yield field("Auto-Submitted", "auto-generated")  # so that nobody's absence is answered with (RFC 3834, 5)
    if message.severity in {"critical", "major"}:
        yield field("Importance", "high")
    for name, value in sorted({name.title(): one_line(value) for name, value in message.headers.items()}.items()):
        if is_further(name, value):
            yield text_field(name, value) if not value.isascii() else field(name, value)


def _key(key: str) -> str:
    return key if _KEY.fullmatch(key) else _digest(key)


def _digest(text: str) -> str:
    """The same short word for the same text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _content(message: Message) -> EmailMessage:
    """The text, and beside it the HTML for programs that show it."""
    mail = EmailMessage(policy=_PARTS)
    text = _sound(message.text)
    mail.set_content(text)
    if message.html is not None:
        html = _sound(message.html)
        mail.add_alternative(html, subtype="html")
        # Chance would make other bytes of each try; what depends on the texts does not stand in them.
        mail.set_boundary(f"=_{_digest(text + html)}")
    return mail


def _sound(text: str) -> str:
    """A text of lines, without what mail cannot carry."""
    return _UNREADABLE.sub("\ufffd", _LINE_ENDS.sub("\n", text))

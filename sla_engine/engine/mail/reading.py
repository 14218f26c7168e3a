"""From the bytes of a mail to what matters of it. Whatever they are, a mail comes of them: nothing is lost."""

import hashlib
import json
import re
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser

import structlog

from sla_engine.engine.mail.authenticity import dmarc_of
from sla_engine.engine.mail.automatic import automatic
from sla_engine.engine.mail.bodies import Body, body_of
from sla_engine.engine.mail.bounces import bounced_ids, failures
from sla_engine.engine.mail.headers import (
    BoundedPolicy,
    Mailbox,
    authors,
    first,
    is_address,
    mailboxes,
    message_ids,
    shown,
)
from sla_engine.engine.mail.mail import Automatic, Envelope, Mail
from sla_engine.model.text import LANGUAGES

_MOST_LINES = 600_000
_MOST_COMPARED = 20_000_000
_MOST_DASHES = 10_000
_LONGEST_HEAD = 100_000
_MOST_REFERENCES = 50
_CONTAINER = re.compile(rb"multipart/|message/rfc822", re.IGNORECASE)
_TAG = re.compile(r"\s*([a-zA-Z]{2})(?:[-_][a-zA-Z0-9]+)*\s*(?:;.*)?")
_NOWHERE = Envelope()

_log = structlog.get_logger("sla_engine.mail")


def read_mail(raw: bytes, envelope: Envelope = _NOWHERE, trusted: str | None = None) -> Mail:
    """What stands in a mail; of one that cannot be taken apart, its headers, and the whole of it as a file.

    Args:
        trusted: the mail server whose ``Authentication-Results`` are believed, or None.
    """
    try:
        if not _is_read_soon(raw):
            return _by_its_head(raw, envelope, trusted)
        mail = BytesParser(policy=BoundedPolicy()).parsebytes(raw)
        return _read(mail, body_of(mail), envelope, trusted)
    except Exception as error:  # RecursionError, and what the standard library raises on what nobody thought of
        _log.warning("a mail cannot be read, and is kept as it is", error=f"{type(error).__name__}: {error}")
        return _by_its_head(raw, envelope, trusted)


def _by_its_head(raw: bytes, envelope: Envelope, trusted: str | None) -> Mail:
    """What the header says, or, where that cannot be read either, the envelope; the whole is a file."""
    try:
        head = BytesParser(policy=BoundedPolicy()).parsebytes(raw[:_LONGEST_HEAD], headersonly=True)
        return _read(head, _whole(raw), envelope, trusted)
    except Exception as error:
        _log.warning("the header of a mail cannot be read", error=f"{type(error).__name__}: {error}")
        return _read(Message(), _whole(raw), envelope, trusted)


def _is_read_soon(raw: bytes) -> bool:
    """Whether a mail is taken apart within seconds: each of its lines is compared with each boundary that is open."""
    lines = raw.count(b"\n") + raw.count(b"\r") - raw.count(b"\r\n")
    containers = len(_CONTAINER.findall(raw))
    parts = raw.count(b"\n--") + raw.count(b"\r--") if containers else 0
    return lines <= _MOST_LINES and lines * containers <= _MOST_COMPARED and parts <= _MOST_DASHES


def _whole(raw: bytes) -> Body:
    body = Body()
    body.attach("mail.eml", raw)
    return body


def _read(mail: Message, body: Body, envelope: Envelope, trusted: str | None) -> Mail:
    author, is_one = _author(mail, envelope), len(authors(mail)) <= 1
    kind = automatic(mail, envelope)
    own_id = next(iter(message_ids(mail, "message-id")), None)
    said = [author.address, body.text]
    known_by = own_id or json.dumps([*said, first(mail, "date"), shown(mail, "subject"), *_digests(body)])
    return Mail(
        key=key_of_mail(known_by),
        digest=_digest(json.dumps(said).encode()),
        message_id=own_id,
        author=author.address or None,
        name=author.name or None,
        reply_to=_reply_to(mail, author.address),
        recipients=_recipients(mail, envelope),
        subject=shown(mail, "subject"),
        text=body.text,
        language=_language(mail),
        references=_references(mail, kind),
        files=tuple(body.files),
        left_out=tuple(body.left_out),
        automatic=kind,
        failures=tuple(failures(mail)) if kind is Automatic.BOUNCE else (),
        # Of several authors nobody can tell by whose domain a mail was judged.
        dmarc=dmarc_of(mail, trusted, author.address or None) if is_one else "fail",
    )


def key_of_mail(message_id: str) -> str:
    """The key of the mail that has an identifier."""
    return f"mail/{_digest(message_id.encode())}"


def _digests(body: Body) -> Iterator[str]:
    for one in body.files:
        yield _digest(one.content)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def _author(mail: Message, envelope: Envelope) -> Mailbox:
    """Who wrote it, by the first of what may say so; an empty address where nothing does."""
    named = authors(mail) or mailboxes(mail, "sender")
    if named:
        return named[0]
    sender = envelope.sender or ""
    return Mailbox(sender if is_address(sender) else "")


def _reply_to(mail: Message, author: str) -> str | None:
    named = mailboxes(mail, "reply-to")
    return named[0].address if len(named) == 1 and named[0].address.lower() != author.lower() else None


def _recipients(mail: Message, envelope: Envelope) -> tuple[str, ...]:
    named = mailboxes(mail, "delivered-to", "x-original-to", "to", "cc")
    return tuple(dict.fromkeys([*envelope.recipients, *(one.address for one in named)]))


def _references(mail: Message, kind: Automatic | None) -> tuple[str, ...]:
    """What it answers, the nearest first."""
    found = [*message_ids(mail, "in-reply-to"), *reversed(message_ids(mail, "references"))]
    if kind is not None and kind.is_answer:
        found += bounced_ids(mail)
    return tuple(dict.fromkeys(found))[:_MOST_REFERENCES]


def _language(mail: Message) -> str | None:
    """The language that it says that it is in, or that its author reads; none is guessed from its words."""
    for name in ("content-language", "accept-language"):
        for tag in first(mail, name).split(","):
            found = _TAG.fullmatch(tag)
            if found is not None and found[1].lower() in LANGUAGES:
                return found[1].lower()
    return None

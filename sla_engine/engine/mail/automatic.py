"""Which mails no person wrote, by what they say of themselves (RFC 3834; RFC 5230, 4.6)."""

from email.message import Message

from sla_engine.engine.mail.headers import authors, first
from sla_engine.engine.mail.mail import Automatic, Envelope

_BULK = frozenset({"bulk", "list", "junk"})
_DAEMONS = frozenset({"mailer-daemon", "postmaster"})
_REPLIES = frozenset({"x-autoreply", "x-autorespond", "x-autoresponder"})


def automatic(mail: Message, envelope: Envelope) -> Automatic | None:
    """How a mail is known to be written by no person, or None where nothing says so."""
    submitted = first(mail, "auto-submitted").partition(";")[0].strip().lower()
    precedence = first(mail, "precedence").strip().lower()
    if is_bounce(mail, envelope):
        return Automatic.BOUNCE
    if submitted == "auto-replied" or precedence == "auto_reply" or _is_receipt(mail) or _has(mail, *_REPLIES):
        return Automatic.REPLY
    if submitted not in {"", "no"}:
        return Automatic.GENERATED
    if precedence in _BULK or _has(mail, "list-id", "list-unsubscribe", "feedback-id"):
        return Automatic.LIST
    if envelope.sender == "" or _suppresses(mail):
        return Automatic.UNANSWERABLE
    return None


def is_bounce(mail: Message, envelope: Envelope) -> bool:
    """Whether a mail tells that another could not be delivered (RFC 3464), or looks as those of old servers do."""
    if mail.get_content_type() == "multipart/report" and _report_type(mail) in {"", "delivery-status"}:
        return True
    names = {one.address.partition("@")[0].lower() for one in authors(mail)}
    no_return = envelope.sender == "" or first(mail, "return-path").strip() == "<>"
    return no_return and bool(_DAEMONS & names)


def _is_receipt(mail: Message) -> bool:
    """Whether it tells that a mail was displayed (RFC 8098)."""
    return mail.get_content_type() == "multipart/report" and _report_type(mail) == "disposition-notification"


def _report_type(mail: Message) -> str:
    return str(mail.get_param("report-type", "")).lower()


def _suppresses(mail: Message) -> bool:
    """Whether it forbids all automatic replies, or one that tells of a ticket (Microsoft's MS-OXCMAIL, 2.1.3.2.18)."""
    words = {word.strip().lower() for word in first(mail, "x-auto-response-suppress").split(",")}
    return bool(words & {"all", "autoreply"})


def _has(mail: Message, *names: str) -> bool:
    return any(first(mail, name) for name in names)

"""A mail as far as it matters to support: what stands in it is text of somebody's, and bounded."""

from enum import StrEnum

from attrs import field, frozen

from sla_engine.store.tickets import Attachment


class Automatic(StrEnum):
    """How a mail is known to be written by no person, so that it must not be answered by another program (RFC 3834)."""

    BOUNCE = "it tells that a mail could not be delivered"
    REPLY = "it is an automatic reply"
    GENERATED = "a program wrote it"
    LIST = "it came by a mailing list or in bulk"
    UNANSWERABLE = "it asks for no automatic reply"

    @property
    def is_answer(self) -> bool:
        """Whether it is only of use beside what it answers."""
        return self in {Automatic.BOUNCE, Automatic.REPLY}


@frozen
class Envelope:
    """What the server that handed a mail over says of it.

    Attributes:
        sender: who gets what cannot be delivered, empty where nobody does; None where that is not known.
        recipients: whom it is for; none where that is not known.
    """

    sender: str | None = None
    recipients: tuple[str, ...] = ()


@frozen
class Failure:
    """A recipient that could not be reached, as a bounce tells.

    Attributes:
        recipient: its address, or an empty text.
        reason: the remote side's words.
    """

    recipient: str
    reason: str


@frozen
class Mail:
    """A mail.

    Attributes:
        key: the same for the same mail, however often and by which way it comes; some programs give one to many mails.
        digest: of what was written and by whom, by which such mails are told from each other.
        message_id: by which others refer to it, without brackets; None where it has none that can be referred to.
        author: the address of whoever wrote it, as it says itself; None where it says none.
        name: what the author is called, or None.
        reply_to: the one other address at which the author wants the answers, or None.
        recipients: whom it is for, by the envelope and by itself.
        subject: one line.
        text: what was written.
        language: the code of the language that it says that it is in, or None.
        references: the ``Message-ID`` s of the mails that it answers, the nearest first.
        files: what came with it.
        left_out: the names of the files that could not stay with it.
        automatic: how it is known to be written by no person; None where nothing says so.
        failures: of a bounce.
        dmarc: what the trusted server found: ``pass``, ``fail`` or another word; None where it found nothing.
    """

    key: str
    digest: str
    message_id: str | None = None
    author: str | None = None
    name: str | None = None
    reply_to: str | None = None
    recipients: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    language: str | None = None
    references: tuple[str, ...] = ()
    files: tuple[Attachment, ...] = field(default=(), repr=False)
    left_out: tuple[str, ...] = ()
    automatic: Automatic | None = None
    failures: tuple[Failure, ...] = ()
    dmarc: str | None = None

"""The interface of a ticket source: a help desk that exists already, the clocks of whose tickets are kept here."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Mapping
from typing import Literal, Protocol, TypeAlias

from attrs import field, frozen

from sla_engine.model.instant import Instant
from sla_engine.plugin.notifier import NotifyRun

SourceAct: TypeAlias = Literal[
    "opened", "reached", "answered", "waiting", "resumed", "resolved", "reopened", "described"
]
"""What happened to a ticket there; ``described`` moves no clock, and tells whose it is and what it is called."""


@frozen
class SourceEvent:
    """Something that happened to a ticket in a help desk. The same event is the same whenever and however it comes.

    Attributes:
        ticket: its number there.
        act: what happened.
        at: when it happened there.
        key: tells it from the ticket's other events, the same however often it comes, such as ``article/17``.
        level: who has the ticket then, or has answered, as the help desk calls it; None where that is not known. An
            answer without one is an answer of every level.
        customer: whose it is, as the help desk calls them, or None.
        sender: the customer's mail address, or None.
        subject: what it is called, or None.
    """

    ticket: str
    act: SourceAct
    at: Instant
    key: str
    level: str | None = None
    customer: str | None = None
    sender: str | None = None
    subject: str | None = None


@frozen
class SourceNews:
    """What a help desk had to tell.

    Attributes:
        events: in any order; those that are known already change nothing.
        position: how far it has been read, in the source's own words, which it is handed the next time. It is kept once
            the events are, so nothing is lost where the engine ends in between.
        is_more: whether there is more, to be asked for at once.
        trouble: why it could not tell everything, for people; the rest is asked for later. None where it did.
        retry_after: seconds that it asks to wait until then, or None.
    """

    events: tuple[SourceEvent, ...] = ()
    position: str | None = None
    is_more: bool = False
    trouble: str | None = None
    retry_after: float | None = None


@frozen
class WebhookCall:
    """What was posted to ``/api/v1/sources/NAME``.

    Attributes:
        headers: names in lower case.
        body: as it came, for signatures.
    """

    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class SourceError(Exception):
    """A help desk could not be read; it is asked again later.

    Attributes:
        reason: what happened, for people.
        retry_after: seconds that it asks to wait, or None.
    """

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


class CallRefused(Exception):  # noqa: N818 (it names what happened)
    """What was posted is not believed, or not understood. The message is for the log; the caller is told no reason."""


class SourceRun(NotifyRun, Protocol):
    """What a ticket source is handed for one look; as for notifiers."""


class TicketSource(ABC):
    """A kind of help desk. A subclass is an attrs class whose fields are the source's keys in the policy."""

    __slots__ = ()

    @abstractmethod
    def fetch(self, position: str | None, run: SourceRun) -> Awaitable[SourceNews] | SourceNews:
        """Tell what has happened since a position, or from where the policy says where there is none yet.

        Args:
            position: as the last news that were kept gave it.

        Raises:
            SourceError: it could not be read; trying again is the engine's work.
        """

    def hear(self, call: WebhookCall, run: SourceRun) -> Awaitable[SourceNews] | SourceNews:
        """Tell what was posted, or what it says to look at. Its position is not used.

        Raises:
            CallRefused: the signature does not fit, or it is nothing that this help desk posts.
            SourceError: the help desk could not be read; whoever posts is told to come back.
        """
        raise CallRefused("this source takes no webhooks")

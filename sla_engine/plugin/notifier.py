"""The interface of a notifier, and what it is handed for one message."""

import asyncio
import socket
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Mapping, Sequence
from typing import Literal, Protocol, TypeAlias

from attrs import field, frozen

from sla_engine.model.instant import Instant
from sla_engine.plugin.http import HttpClient
from sla_engine.plugin.probe import Clock, Log, Secrets

Severity: TypeAlias = Literal["critical", "major", "minor", "info"]


@frozen
class Message:
    """Something to tell somebody. Whatever stands in its texts came from outside: escape it for the channel.

    Attributes:
        key: the idempotency key, the same on every try (``Message-ID``, ``webhook-id``); letters, digits and ``-``.
        subject: one line, without line breaks.
        text: plain text.
        language: of the texts, for headers that name it.
        to: whom, instead of the notifier's own recipients; empty where it is for those.
        html: the text as HTML, for channels that show it, or None.
        short: the text in as few characters as it takes, for channels that count them, or None.
        about: what happened, such as ``opened``, ``recovered`` or ``maintenance-planned``.
        thread: what belongs together has the same, such as all messages about one incident; or None.
        is_first: whether it is the first of its thread to these recipients.
        is_over: whether what the thread is about has ended.
        severity: how much it matters.
        at: when it happened.
        names: values in ``language`` for the names of `sla_engine.plugin.names` that say something here.
        headers: further headers for channels that have them, such as ``List-Unsubscribe``.
        reference: what the remote side called the first message of the thread, so that this one can be put beside it;
            None where that is not known.
        answers: the ``Message-ID`` of the mail that it answers, without brackets, for channels that are mail; or None.
        reply_to: the address at which what is answered to it is read, instead of the notifier's own; or None.
    """

    key: str
    subject: str
    text: str
    language: str = "en"
    to: tuple[str, ...] = ()
    html: str | None = None
    short: str | None = None
    about: str = "test"
    thread: str | None = None
    is_first: bool = True
    is_over: bool = False
    severity: Severity = "info"
    at: Instant = 0
    names: Mapping[str, str] = field(factory=dict)
    headers: Mapping[str, str] = field(factory=dict)
    reference: str | None = None
    answers: str | None = None
    reply_to: str | None = None


@frozen
class Delivery:
    """What became of a message.

    Attributes:
        sent: whether the remote side took it.
        certain: False where it may have taken it and its answer was lost, so that a further try may repeat it.
        detail: the remote side's answer, or why it failed.
        is_final: whether no further try can succeed, as where the recipient does not exist.
        retry_after: seconds that the remote side asks to wait before the next try, or None.
        reference: what the remote side calls the message, or None.
    """

    sent: bool
    certain: bool
    detail: str
    is_final: bool = False
    retry_after: float | None = None
    reference: str | None = None


class NotifyRun(Protocol):
    """What a notifier is handed for one try; as for probes.

    Attributes:
        deadline: the instant on ``clock.monotonic()`` at which the try is cut off, whatever it does.
    """

    @property
    def deadline(self) -> float: ...
    @property
    def log(self) -> Log: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def secrets(self) -> Secrets: ...
    @property
    def http(self) -> HttpClient: ...

    def remaining(self) -> float:
        """Seconds left until the deadline, 0 when it has passed."""
        ...

    async def connect(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Resolve, ask the guard about each address, and open a TCP connection.

        Raises:
            AddressRefused: the policies allow none of the addresses.
            OSError: the name does not resolve, or no address accepts.
        """
        ...

    async def open_socket(self, host: str, port: int) -> socket.socket:
        """The same as `connect`, for libraries that want the connected, non-blocking socket."""
        ...


class Notifier(ABC):
    """One way to reach people. A subclass is an attrs class whose fields are the notifier's keys in the policy."""

    __slots__ = ()

    @abstractmethod
    def send(self, message: Message, run: NotifyRun) -> Awaitable[Delivery]:
        """Try once to deliver; trying again is the engine's work.

        Whatever it raises counts as a try of which it is not known whether the message went out.
        """

    def recipients(self) -> Sequence[str]:
        """Those who each get a message of their own, each tried by itself; none where one message is for all."""
        return ()

    def keeps_apart(self) -> bool:
        """Whether each thread gets messages of its own, as where it is an alert or a ticket; else what is due at one
        time is told in one message.
        """
        return False

    def reaches(self, address: str) -> bool:
        """Whether ``message.to`` may hold that address of a customer; if not, customers are not told one by one."""
        del address
        return False

    def parts(self, message: Message) -> int:
        """How many pieces a message is, of which each is paid for."""
        del message
        return 1

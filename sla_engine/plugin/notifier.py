"""The interface of a notifier, and what it is handed for one message."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable
from typing import Protocol

from attrs import frozen

from sla_engine.plugin.http import HttpClient
from sla_engine.plugin.probe import Clock, Log, Secrets


@frozen
class Message:
    """Something to tell somebody.

    Attributes:
        key: the idempotency key, the same on every try (``Message-ID``, ``webhook-id``).
        subject: one line, without line breaks.
        text: plain text.
        language: of the texts, for headers that name it.
    """

    key: str
    subject: str
    text: str
    language: str = "en"


@frozen
class Delivery:
    """What became of a message.

    Attributes:
        sent: whether the remote side took it.
        certain: False where it may have taken it and its answer was lost, so that a further try may repeat it.
        detail: the remote side's answer, or why it failed.
    """

    sent: bool
    certain: bool
    detail: str


class NotifyRun(Protocol):
    """What a notifier is handed; as for probes."""

    @property
    def log(self) -> Log: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def secrets(self) -> Secrets: ...
    @property
    def http(self) -> HttpClient: ...


class Notifier(ABC):
    """One way to reach people. A subclass is an attrs class whose fields are the notifier's keys in the policy."""

    __slots__ = ()

    @abstractmethod
    def send(self, message: Message, run: NotifyRun) -> Awaitable[Delivery]:
        """Try once to deliver; trying again is the engine's work."""

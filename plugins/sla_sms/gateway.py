"""What an HTTP gateway is to the probe and the notifier: requests to send, and how to read their answers."""

from typing import Any, Protocol

from attrs import frozen

from sla_engine.plugin import Finding, HttpRequest


@frozen
class ShortMessage:
    """A message to send.

    Attributes:
        to, from_: numbers, or for the sender a name.
        key: the same on every try, for gateways that take no message twice; or an empty text.
    """

    to: str
    from_: str
    text: str
    key: str = ""


@frozen
class Answer:
    """What came back.

    Attributes:
        status: HTTP's.
        document: the JSON of the body, or None where it holds none.
        text: the body for people, cut.
        fault: why the body is no JSON that can be read, or None.
        retry_after: seconds that it asks to wait, or None.
    """

    status: int
    document: Any
    text: str
    fault: str | None = None
    retry_after: float | None = None

    @property
    def is_success(self) -> bool:
        """Whether the status says that the request was done."""
        return 200 <= self.status <= 299

    def at(self, *path: str | int) -> Any:
        """The value inside the document, or None where the path leads nowhere."""
        value = self.document
        for step in path:
            if isinstance(value, dict) and isinstance(step, str):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        return value


@frozen
class Taken:
    """A message that the gateway took.

    Attributes:
        message_id: by which it can be asked for, or None where the gateway names none.
        balance: what is left on the account, where the gateway says so.
        findings: what the policy expects of the answer.
    """

    message_id: str | None
    balance: float | None = None
    findings: tuple[Finding, ...] = ()


@frozen
class Delivery:
    """What became of a message so far.

    Attributes:
        state: in the gateway's words.
        is_final: whether nothing more will happen to it.
        detail: why it is so, or an empty text.
    """

    state: str
    is_final: bool
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.state} ({self.detail})" if self.detail else self.state


class HttpGateway(Protocol):
    """One kind of gateway, with the check's keys and secrets filled in. What reads an answer raises `StageFailed`.

    Attributes:
        delivered: the states of a message that arrived.
    """

    @property
    def delivered(self) -> tuple[str, ...]: ...

    def ask_balance(self) -> HttpRequest | None:
        """Ask for the balance, or None where this cannot be."""
        ...

    def read_balance(self, answer: Answer) -> float:
        """The balance, in the account's currency."""
        ...

    def send(self) -> HttpRequest:
        """Send the message."""
        ...

    def read_taken(self, answer: Answer) -> Taken:
        """Whether the gateway took it."""
        ...

    def ask_delivery(self, message_id: str) -> HttpRequest:
        """Ask what became of it."""
        ...

    def read_delivery(self, answer: Answer) -> Delivery:
        """What became of it."""
        ...

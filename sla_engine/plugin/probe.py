"""The interface of a probe, and what it is handed for one run."""

import asyncio
import socket
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol

from sla_engine.model.instant import Instant
from sla_engine.plugin.fields import Secret
from sla_engine.plugin.http import HttpClient
from sla_engine.plugin.outcome import Outcome


class AddressRefused(Exception):  # noqa: N818 (it names what happened, as ConnectionRefusedError does)
    """The network guard does not let this check connect to that address."""


class Clock(Protocol):
    """The engine's time."""

    def now(self) -> Instant:
        """The present instant, in microseconds since the Unix epoch."""
        ...

    def monotonic(self) -> float:
        """Seconds on a clock that is never set."""
        ...


class Secrets(Protocol):
    """Gives secrets by reference."""

    def reveal(self, secret: Secret) -> str:
        """The secret's text.

        Raises:
            LookupError: there is nothing at that reference; the message names it.
        """
        ...


class Log(Protocol):
    """A logger bound to the check; keyword arguments become fields, secrets are filtered."""

    def debug(self, event: str, **fields: Any) -> Any: ...
    def info(self, event: str, **fields: Any) -> Any: ...
    def warning(self, event: str, **fields: Any) -> Any: ...


Trace = Callable[[str], None]
"""Takes a line of the dialogue with a target: ``> `` before what was sent, ``< `` before what came, ``* `` else.
Revealed secrets are taken out; what is encoded further (``AUTH PLAIN``) the probe must not tell."""


class ProbeRun(Protocol):
    """What a probe is handed for one try.

    Attributes:
        deadline: the instant on ``clock.monotonic()`` at which the try is cut off, whatever it does.
        log: a logger.
        clock: the engine's time.
        secrets: reveals the secrets that the policy names.
        http: the shared HTTP client, behind the same guard.
        memory: what this check's earlier runs in this process left, such as a token; it may be empty at any time.
        trace: where somebody wants to see the dialogue with the target, what takes its lines; else None.
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
    @property
    def memory(self) -> MutableMapping[str, Any]: ...
    @property
    def trace(self) -> Trace | None: ...

    def remaining(self) -> float:
        """Seconds left until the deadline, 0 when it has passed."""
        ...

    def check_address(self, address: str) -> None:
        """Ask the guard about a numeric IP address that the probe will connect to by itself.

        Raises:
            AddressRefused: the policies do not allow it.
        """
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


class Probe(ABC):
    """One kind of check. A subclass is an attrs class whose fields are the check's keys in the policy.

    The class's docstring and the comments beside its fields become the texts of the schema and the reference.
    The keys ``probe``, ``timeout`` and ``retries`` belong to the engine; a class that has a field of that name gets the
    value too.
    """

    __slots__ = ()

    @abstractmethod
    def run(self, run: ProbeRun) -> Awaitable[Outcome] | Outcome:
        """Try once. An ``async def`` runs on an event loop, a plain ``def`` in a thread.

        Whatever it raises becomes one ``error`` result, named after the plugin.
        """

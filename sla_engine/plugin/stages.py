"""A conversation in named stages: each is timed, and what goes wrong is reported with the stage it went wrong in."""

import asyncio
import errno
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from attrs import define, evolve, field

from sla_engine.plugin.outcome import Doubt, Outcome
from sla_engine.plugin.probe import AddressRefused, Clock, ProbeRun

# The probe gives up a little before the engine would cut it off, because only the probe can name the stage.
_HEAD_START = 0.05

_OWN_FAULTS = frozenset(
    {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL}
)

_OWN_RESOLVER_FAULTS = (socket.EAI_SYSTEM, socket.EAI_MEMORY)
_NO_WAY = frozenset({errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTUNREACH, errno.EHOSTDOWN, errno.ETIMEDOUT})

_WORDS: dict[type[OSError], str] = {
    ConnectionRefusedError: "connection refused",
    ConnectionResetError: "connection closed by the server",
    ConnectionAbortedError: "connection closed by the server",
    BrokenPipeError: "connection closed by the server",
    TimeoutError: "connection timed out",
}


class StageFailed(Exception):  # noqa: N818 (it names what happened, as ConnectionRefusedError does)
    """The target failed in the present stage; the message says what was seen, without the stage's name.

    Attributes:
        doubt: whether the monitor's own network may be the cause, or None.
    """

    def __init__(self, reason: str, *, doubt: Doubt | None = None) -> None:
        super().__init__(reason)
        self.doubt = doubt


@define
class Stages:
    """What a conversation has found so far.

    Attributes:
        clock: times the stages.
        limits: seconds that a stage may take at the most, by its name; the others have until the run's deadline.
        current: the stage that was entered last.
        phases: seconds spent in each stage, in the order of their first entry; a stage entered twice adds up.
        values: numbers worth plotting.
        evidence: what was seen, a line each.
    """

    clock: Clock
    limits: Mapping[str, float] = field(factory=dict)
    current: str = ""
    phases: dict[str, float] = field(factory=dict)
    values: dict[str, float] = field(factory=dict)
    evidence: list[str] = field(factory=list)

    @asynccontextmanager
    async def stage(self, name: str) -> AsyncIterator[None]:
        """Time what happens inside, and end it at the stage's limit; a failure inside belongs to this stage."""
        self.current = name
        began = self.clock.monotonic()
        patience = asyncio.timeout(self.limits.get(name))
        try:
            async with patience:
                yield
        except TimeoutError as error:
            if not patience.expired():
                raise
            raise StageFailed(f"no answer within {self.limits[name]:g} s", doubt=Doubt.NETWORK) from error
        finally:
            self.phases[name] = self.phases.get(name, 0.0) + self.clock.monotonic() - began

    def saw(self, what: str) -> None:
        """Keep a line of evidence, named after the present stage."""
        self.evidence.append(f"{self.current}: {what}")

    def complete(self, outcome: Outcome) -> Outcome:
        """The outcome with all that was found on the way."""
        return evolve(outcome, phases=self.phases, values=self.values, evidence="\n".join(self.evidence))


async def in_stages(
    run: ProbeRun, talk: Callable[[Stages], Awaitable[Outcome]], limits: Mapping[str, float] | None = None
) -> Outcome:
    """Hold a conversation within the run's deadline; what goes wrong in it becomes an outcome that names the stage.

    A `StageFailed`, a closed or refused connection, a TLS fault and an expired deadline are down; what the monitor
    itself lacks (descriptors, memory, a route, a resolver) and an address that the guard refuses are errors. Where
    nothing was heard of the target, the outcome says so by its doubt.

    Args:
        limits: seconds that a stage may take at the most, by its name.
    """
    stages = Stages(run.clock, limits or {})
    deadline = asyncio.timeout(max(run.remaining() - _HEAD_START, 0.0))
    try:
        async with deadline:
            return stages.complete(await talk(stages))
    except StageFailed as failure:
        return stages.complete(Outcome.down(f"{stages.current}: {failure}", doubt=failure.doubt))
    except AddressRefused as refusal:
        return stages.complete(Outcome.error(f"{stages.current}: {refusal}"))
    except EOFError:
        return stages.complete(Outcome.down(f"{stages.current}: connection closed by the server"))
    except OSError as error:
        reason = "no answer before the deadline" if deadline.expired() else describe(error)
        verdict = Outcome.error if is_own_fault(error) else Outcome.down
        return stages.complete(verdict(f"{stages.current}: {reason}", doubt=doubt_of(error)))


def doubt_of(error: OSError) -> Doubt | None:
    """Whether a failed connection may be due to the monitor's own network: a refusal or a reset came from somebody."""
    if isinstance(error, socket.gaierror):
        return None if error.errno in _OWN_RESOLVER_FAULTS else Doubt.RESOLVER
    if isinstance(error, TimeoutError) or error.errno in _NO_WAY:
        return Doubt.NETWORK
    return None


def is_own_fault(error: OSError) -> bool:
    """Whether the monitor's own machine is at fault, so that nothing is known of the target."""
    if isinstance(error, socket.gaierror):
        return error.errno == socket.EAI_AGAIN or error.errno in _OWN_RESOLVER_FAULTS
    return error.errno in _OWN_FAULTS and not isinstance(error, ssl.SSLError)


def describe(error: OSError) -> str:
    """What happened, for people, in the same words on every run; each TLS fault has words of its own."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate refused: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"TLS handshake failed: {(error.reason or str(error)).replace('_', ' ').lower()}"
    if isinstance(error, socket.gaierror):
        return f"name does not resolve: {error.strerror}"
    known = (words for kind, words in _WORDS.items() if isinstance(error, kind))
    return next(known, error.strerror or str(error))

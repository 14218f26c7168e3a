"""One try of one check: what the probe is handed, and the outcome that always comes back."""

import asyncio
import inspect
import math
import socket
from collections.abc import Mapping
from typing import Any

import structlog
from attrs import evolve, frozen

from sla_engine.model.result import State
from sla_engine.model.service import Check
from sla_engine.plugin import AddressRefused, HttpClient, Outcome, Probe
from sla_engine.plugin.probe import Clock, Log, Secrets
from sla_engine.registry.connect import resolve_and_connect
from sla_engine.registry.guard import NetworkGuard
from sla_engine.registry.http import GuardedClient, HttpTransport
from sla_engine.registry.secrets import SecretSource

LONGEST_REASON = 500
LONGEST_EVIDENCE = 16 * 1024
MOST_NUMBERS = 64


@frozen
class LiveRun:
    """What a probe is handed for one try; see `sla_engine.plugin.ProbeRun`."""

    deadline: float
    log: Log
    clock: Clock
    secrets: Secrets
    guard: NetworkGuard
    transport: HttpTransport

    @property
    def http(self) -> HttpClient:
        """The shared client, behind this run's guard and before its deadline."""
        return GuardedClient(self.transport, self.guard, self.remaining)

    def remaining(self) -> float:
        """Seconds left until the deadline."""
        return max(0.0, self.deadline - self.clock.monotonic())

    def check_address(self, address: str) -> None:
        """Ask the guard about a numeric address."""
        try:
            self.guard.check(address)
        except ValueError as error:
            raise AddressRefused(f"{address!r} is no numeric address") from error

    async def connect(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open a guarded TCP connection."""
        return await asyncio.open_connection(sock=await self.open_socket(host, port))

    async def open_socket(self, host: str, port: int) -> socket.socket:
        """Open a guarded TCP connection, as a socket."""
        return await resolve_and_connect(self.guard, host, port, self.remaining())


@frozen
class Guards:
    """The network guards by who wrote a check."""

    operators: NetworkGuard
    customers: NetworkGuard

    def of(self, check: Check) -> NetworkGuard:
        """The guard of a check."""
        return self.operators if check.trusted else self.customers


def make_guards(allow: tuple[str, ...], deny: tuple[str, ...]) -> Guards:
    """What an operator's files name may be any address but a metadata service; a customer's must be public."""
    return Guards(NetworkGuard(allow, deny), NetworkGuard(allow, deny, public_only=True))


@frozen
class Equipment:
    """What the runs of one engine share."""

    clock: Clock
    secrets: SecretSource
    guards: Guards
    transport: HttpTransport


async def run_try(check: Check, equipment: Equipment) -> Outcome:
    """Try a check once, in this process; whatever the probe does, an outcome comes back by the deadline.

    Raises:
        asyncio.CancelledError: this very call was cancelled.
    """
    clock = equipment.clock
    seconds = check.timeout.microseconds / 1_000_000
    log = structlog.get_logger("sla_engine.probe").bind(check=check.id)
    run = LiveRun(
        clock.monotonic() + seconds, log, clock, equipment.secrets, equipment.guards.of(check), equipment.transport
    )
    try:
        async with asyncio.timeout(seconds):
            outcome = await _call(check.settings, run)
    except TimeoutError:
        outcome = Outcome.error(f"probe {check.probe!r} gave no answer before its deadline of {check.timeout}")
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        outcome = Outcome.error(f"probe {check.probe!r} cancelled itself")
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a plugin's sys.exit must not end the engine either
        log.warning("probe failed", probe=check.probe, exc_info=True)
        outcome = Outcome.error(f"probe {check.probe!r} raised {type(error).__name__}: {_safe_text(error)}")
    return tidy(outcome, check.probe, equipment.secrets)


async def _call(probe: Probe, run: LiveRun) -> Any:
    if inspect.iscoroutinefunction(probe.run):
        return await probe.run(run)
    answer = await asyncio.get_running_loop().run_in_executor(None, probe.run, run)
    return await answer if inspect.isawaitable(answer) else answer


def tidy(outcome: Any, probe: str, secrets: SecretSource) -> Outcome:
    """An outcome that can be kept, with secrets hidden; nonsense becomes the monitor's own error."""
    if not isinstance(outcome, Outcome):
        return Outcome.error(f"probe {probe!r} gave {type(outcome).__name__} and not an outcome")
    fault = _fault(outcome)
    if fault is not None:
        return Outcome.error(f"probe {probe!r} gave nonsense: {fault}")
    reason = None if outcome.reason is None else secrets.hide(_clean(outcome.reason))[:LONGEST_REASON]
    if outcome.state is not State.UP and not reason:
        reason = "no reason was given"
    return evolve(
        outcome,
        reason=None if outcome.state is State.UP else reason,
        evidence=secrets.hide(_clean(outcome.evidence[: 2 * LONGEST_EVIDENCE]))[:LONGEST_EVIDENCE],
    )


def _fault(outcome: Outcome) -> str | None:
    if not isinstance(outcome.state, State):
        return "its state is none"
    if not (outcome.reason is None or isinstance(outcome.reason, str)) or not isinstance(outcome.evidence, str):
        return "its reason or evidence is no text"
    for name, numbers in (("phases", outcome.phases), ("values", outcome.values)):
        if not isinstance(numbers, Mapping) or len(numbers) > MOST_NUMBERS:
            return f"its {name} are no table of at most {MOST_NUMBERS} numbers"
        for key, number in numbers.items():
            if not isinstance(key, str) or isinstance(number, bool) or not isinstance(number, int | float):
                return f"its {name} hold what is no number"
            if not math.isfinite(number) or (name == "phases" and number < 0):
                return f"its {name} hold {number}"
    return None


def _clean(text: str) -> str:
    """Without what cannot be stored or would move the reader's cursor: lone surrogates and control characters."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(character if character.isprintable() or character in "\n\t" else "\ufffd" for character in whole)


def _safe_text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # a plugin's exception may fail at telling what it is
        return "(it cannot say what)"

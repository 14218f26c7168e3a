"""One try of one check: what the probe is handed, and the outcome that always comes back."""

import asyncio
import inspect
import socket
import threading
import traceback
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

import structlog
from attrs import field, frozen

from sla_engine.model.service import Check
from sla_engine.plugin import AddressRefused, HttpClient, Outcome, Probe
from sla_engine.plugin.probe import Clock, Log, Secrets, Trace
from sla_engine.registry.connect import resolve_and_connect
from sla_engine.registry.deadlines import in_own_task, in_this_task
from sla_engine.registry.guard import NetworkGuard
from sla_engine.registry.host import PluginHost
from sla_engine.registry.http import GuardedClient, HttpTransport, Session
from sla_engine.registry.isolation import Isolation
from sla_engine.registry.offers import describe
from sla_engine.registry.outcomes import tidy
from sla_engine.registry.secrets import HidingLog, SecretSource

_MICRO = 1_000_000


@frozen
class LiveRun:
    """What a probe is handed for one try; see `sla_engine.plugin.ProbeRun`."""

    deadline: float
    log: Log
    clock: Clock
    secrets: Secrets
    guard: NetworkGuard
    http: HttpClient
    memory: MutableMapping[str, Any]
    trace: Trace | None = None

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
    """What the runs of one engine share.

    Attributes:
        isolation: where plugins from outside run; None has them run in this process.
        host: tells which plugins are from outside.
        memories: what the runs of each check left for its later ones, by its id.
    """

    clock: Clock
    secrets: SecretSource
    guards: Guards
    transport: HttpTransport
    host: PluginHost
    isolation: Isolation | None = None
    memories: dict[str, dict[str, Any]] = field(factory=dict, repr=False)

    async def aclose(self) -> None:
        """End its processes and connections."""
        if self.isolation is not None:
            await self.isolation.aclose()
        await self.transport.aclose()


def make_equipment(
    host: PluginHost, guards: Guards, clock: Clock, environ: Mapping[str, str], *, isolate: bool = True
) -> Equipment:
    """Equipment, which must be closed.

    Args:
        environ: what secrets are read from.
        isolate: whether plugins from outside run in processes of their own.
    """
    isolation = Isolation(environ) if isolate else None
    return Equipment(clock, SecretSource(environ, host.secret), guards, HttpTransport(), host, isolation)


async def run_try(check: Check, equipment: Equipment, trace: Trace | None = None) -> Outcome:
    """Try a check once: whatever the probe does, an outcome comes back soon after the deadline at the latest.

    Args:
        trace: takes the lines of the dialogue, without secrets; for a plugin from outside, all of them at its end.

    Raises:
        asyncio.CancelledError: this very call was cancelled.
    """
    owner = equipment.host.owners.get(check.probe)
    if equipment.isolation is None or owner is None or owner.is_built_in:
        return await run_here(check, equipment, trace)
    outcome = await equipment.isolation.run(check, equipment.guards.of(check), owner.distribution, trace)
    return tidy(outcome, check.probe, equipment.secrets.hide)


async def run_here(check: Check, equipment: Equipment, trace: Trace | None = None) -> Outcome:
    """Try a check once in this process, which a probe that blocks the event loop would stop."""
    run = _live_run(check, equipment, trace)
    owner = equipment.host.owners.get(check.probe)
    attempt, seconds = _call(check, run), run.remaining()
    try:
        if owner is not None and owner.is_built_in:
            answer = await in_this_task(attempt, seconds)
        else:
            answer = await in_own_task(attempt, seconds, run.log)
    except TimeoutError:
        return Outcome.error(f"probe {check.probe!r} gave no answer before its deadline of {check.timeout}")
    except asyncio.CancelledError:
        if (task := asyncio.current_task()) is not None and task.cancelling():
            raise
        return Outcome.error(f"probe {check.probe!r} cancelled itself")
    return tidy(answer, check.probe, equipment.secrets.hide)


def _live_run(check: Check, equipment: Equipment, trace: Trace | None) -> LiveRun:
    clock, secrets = equipment.clock, equipment.secrets
    # With its values given here, structlog binds them when something is logged, which is seldom.
    log = HidingLog(structlog.get_logger("sla_engine.probe", check=check.id, probe=check.probe), secrets.hide)
    guard = equipment.guards.of(check)
    memory = equipment.memories.setdefault(check.id, {})
    told = None if trace is None else _without_secrets(trace, secrets)
    deadline = clock.monotonic() + check.timeout.microseconds / _MICRO
    http = GuardedClient(equipment.transport, Session(guard, told), clock, deadline)
    return LiveRun(deadline, log, clock, secrets, guard, http, memory, told)


def _without_secrets(trace: Trace, secrets: SecretSource) -> Trace:
    return lambda line: trace(secrets.hide(line))


async def _call(check: Check, run: LiveRun) -> Any:
    """What the probe gives, or an error for what it raises: SystemExit too, which would end the event loop."""
    probe: Probe = check.settings
    try:
        if inspect.iscoroutinefunction(probe.run):
            return await probe.run(run)
        answer = await in_thread(lambda: probe.run(run), f"probe {check.id}")
        return await answer if inspect.isawaitable(answer) else answer
    except asyncio.CancelledError:
        raise
    except BaseException as error:
        run.log.warning("the probe failed", traceback=traceback.format_exc())
        return Outcome.error(f"probe {check.probe!r} raised {describe(error)}")


async def in_thread(work: Callable[[], Any], name: str) -> Any:
    """Call in a thread of its own: one that never returns must neither fill a pool nor hold up the end."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Any] = loop.create_future()

    def tell(value: Any, error: BaseException | None) -> None:
        if answer.done():
            return
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(value)

    def call() -> None:
        value, problem = None, None
        try:
            value = work()
        except StopIteration as error:  # a future cannot hold one
            problem = RuntimeError(f"StopIteration: {error}")
        except BaseException as error:
            problem = error  # type: ignore[assignment]
        try:
            loop.call_soon_threadsafe(tell, value, problem)
        except RuntimeError:  # the loop has ended, so nobody is waiting
            return

    threading.Thread(target=call, name=name, daemon=True).start()
    return await answer

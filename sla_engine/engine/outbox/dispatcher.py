"""The dispatcher: looks every second at what is due, and has notifiers send side by side, none delaying another."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence

import structlog
from attrs import define, field

from sla_engine.engine.health import Measure
from sla_engine.engine.outbox.gathering import Found, find_due, gather
from sla_engine.engine.outbox.handing_on import is_failing
from sla_engine.engine.outbox.measures import Counts, measures
from sla_engine.engine.outbox.trying import begin, record, take_stock
from sla_engine.engine.steadiness import Steadiness
from sla_engine.model.duration import Duration
from sla_engine.plugin import Delivery
from sla_engine.policy import PolicySet
from sla_engine.registry.clock import Clock
from sla_engine.registry.guard import NetworkGuard
from sla_engine.registry.host import PluginHost
from sla_engine.registry.notifying import TRY_WITHIN, Errand, deliver
from sla_engine.registry.runs import Equipment, make_equipment, make_guards
from sla_engine.store import Store
from sla_engine.store.outbox import Outgoing, Standing, standing

LOOK_EVERY = 1.0
"""Seconds between two looks at what is due."""
_LANES_AT_ONCE = 100
"""Lanes in one transaction: results wait for it."""
_BREAK_OFF_AFTER = 4.0

_log = structlog.get_logger("sla_engine.outbox")


@define(eq=False)
class Dispatcher:
    """Sends what is in one engine's outbox; killed at any point and started again, it misses nothing.

    Where the wall clock was set, it waits for a minute: one that is wrong for a moment must neither give messages up,
    nor hand them on, nor tell at night what waits for the morning.

    Attributes:
        policies: gives those that are in force.
        environ: what secrets are read from.
        within: how long one try may take.
    """

    policies: Callable[[], PolicySet]
    host: PluginHost
    store: Store
    clock: Clock
    environ: Mapping[str, str] = field(repr=False)
    within: Duration = TRY_WITHIN
    _counts: Counts = field(factory=Counts, init=False)
    _standing: Standing = field(factory=Standing, init=False)
    _equipment: Equipment = field(init=False)
    _steadiness: Steadiness = field(init=False)
    _sending: dict[int, asyncio.Task[None]] = field(factory=dict, init=False)
    _busy: Counter[str] = field(factory=Counter, init=False)
    _stop: asyncio.Event = field(factory=asyncio.Event, init=False)
    _news: asyncio.Event = field(factory=asyncio.Event, init=False)
    _trouble: str | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self._steadiness = Steadiness(self.clock)
        guards = make_guards((), ())  # never asked: each try brings the guard of the policies in force
        self._equipment = make_equipment(self.host, guards, self.clock, self.environ)

    async def run(self) -> None:
        """Send until `stop` is called; then let tries under way end, within some seconds."""
        try:
            await self._until_done(self.recover)
            while not self._stop.is_set():
                await self._until_done(self.turn)
                await self._pause()
        finally:
            await self.aclose()

    def stop(self) -> None:
        """Begin no further try, and return from `run`."""
        self._stop.set()
        self._news.set()

    async def recover(self) -> None:
        """See what the last engine left half done; before the first turn."""
        await asyncio.to_thread(self._recover)

    async def turn(self) -> None:
        """Gather what is due into messages, and begin to send them; some lanes at a time, as others write too."""
        if self._steadiness.was_set_lately(self.clock.now()) or not await asyncio.to_thread(self._has_work):
            return
        due, held = await asyncio.to_thread(self._find_due), 0
        for first in range(0, max(1, len(due)), _LANES_AT_ONCE):
            held += await asyncio.to_thread(self._gather, due[first : first + _LANES_AT_ONCE])
            for outgoing in await asyncio.to_thread(self._begin):
                self._busy[outgoing.lane.notifier] += 1
                self._sending[outgoing.id] = asyncio.create_task(self._send(outgoing), name=f"message {outgoing.key}")
        self._counts.held = held

    async def settle(self) -> None:
        """Wait for the tries under way."""
        while self._sending:
            await asyncio.wait(list(self._sending.values()))

    async def aclose(self) -> None:
        """Let tries under way end, and break off those that do not: the next start finds that they may be out."""
        if self._sending:
            _, left = await asyncio.wait(list(self._sending.values()), timeout=_BREAK_OFF_AFTER)
            for task in left:
                task.cancel()
            if left:
                await asyncio.wait(left, timeout=1.0)
        await self._equipment.aclose()

    def measures(self) -> Sequence[Measure]:
        """The outbox in figures, as of the last look."""
        return measures(self._counts, self._standing, self.clock.now())

    @property
    def trouble(self) -> str | None:
        """Why nothing can be sent just now, for people, or None."""
        return self._trouble

    def _recover(self) -> None:
        with self.store.changing() as connection:
            take_stock(connection, self.policies(), self.clock.now())

    def _has_work(self) -> bool:
        now = self.clock.now()
        with self.store.reading() as connection:
            self._standing = standing(connection, now)
            has_work = self._standing.has_work or is_failing(connection, now)
        if not has_work:
            self._counts.held = 0
        return has_work

    def _find_due(self) -> Sequence[Found]:
        with self.store.changing() as connection:
            return find_due(connection, self.policies(), self.clock.now())

    def _gather(self, due: Sequence[Found]) -> int:
        """Write messages of what is due; gives how many notices are held."""
        if not due:
            return 0
        with self.store.changing() as connection:
            return gather(connection, self.policies(), self.clock.now(), due)

    def _begin(self) -> Sequence[Outgoing]:
        """Mark what is tried now: it stands before anything is sent."""
        with self.store.changing() as connection:
            return begin(connection, self.policies(), self._busy, self.clock.now())

    async def _send(self, outgoing: Outgoing) -> None:
        try:
            delivery = await self._deliver(outgoing)
            self._counts.sent += delivery.sent
            self._counts.failed += not delivery.sent
            await self._until_done(lambda: asyncio.to_thread(self._record, outgoing, delivery))
        finally:
            self._busy[outgoing.lane.notifier] -= 1
            del self._sending[outgoing.id]
            self._news.set()

    async def _deliver(self, outgoing: Outgoing) -> Delivery:
        policies = self.policies()
        notifier = policies.notifiers.get(outgoing.lane.notifier)
        if notifier is None:
            return Delivery(sent=False, certain=True, detail="its notifier was taken out of the policies")
        # Who names a notifier allows its address; only what is denied stays so.
        guard = NetworkGuard(deny=policies.engine.targets.deny)
        errand = Errand(notifier.id, notifier.via, notifier.settings, outgoing.message, guard, within=self.within)
        try:
            return await deliver(errand, self._equipment)
        except Exception as error:  # a fault of ours must not leave a message as being sent for ever
            _log.exception("a message could not be tried", key=outgoing.key)
            return Delivery(sent=False, certain=False, detail=f"{type(error).__name__}: {error}")

    def _record(self, outgoing: Outgoing, delivery: Delivery) -> None:
        with self.store.changing() as connection:
            record(connection, self.policies(), outgoing, delivery, self.clock.now())

    async def _until_done(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do something; what goes wrong is said once, and it is tried again: nobody is told of anything meanwhile."""
        while True:
            try:
                await work()
            except Exception as error:
                trouble = f"messages wait, as the outbox cannot be worked on: {type(error).__name__}: {error}"
                if trouble != self._trouble:
                    _log.exception("messages wait", trouble=trouble)
                self._trouble = trouble
                if self._stop.is_set():
                    return
                await self._pause()
            else:
                self._trouble = None
                return

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(LOOK_EVERY):
                await self._news.wait()
        except TimeoutError:
            return
        self._news.clear()

"""Follows the help desks that policies name: asks each as often as it says, and hears what they post.

Each is on its own: one that hangs, fails or tells nonsense delays no other, and is asked again, each time later. What
it told is entered before how far it was read, so that nothing is lost where the engine ends in between, and what is
told again changes nothing.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence

import structlog
from attrs import define, field

from sla_engine.engine.health import Measure
from sla_engine.engine.sources.entering import Entered, by_ticket, desk_of, enter_ticket
from sla_engine.engine.tickets.levels import TicketError
from sla_engine.model.instant import SECOND
from sla_engine.plugin import SourceError, SourceNews, WebhookCall
from sla_engine.policy import PolicySet
from sla_engine.registry.clock import Clock
from sla_engine.registry.guard import NetworkGuard
from sla_engine.registry.host import PluginHost
from sla_engine.registry.offers import describe
from sla_engine.registry.runs import Equipment, make_equipment, make_guards
from sla_engine.registry.sourcing import HEAR_WITHIN, LOOK_WITHIN, Inquiry, inquire
from sla_engine.store import Store, StoreError
from sla_engine.store.sources import keep_position, position_of

LOOK_EVERY = 1.0
"""Seconds between two looks at which source is due."""
LONGEST_WAIT = 3600.0
"""Seconds after which one that fails is asked again at the latest, unless it asks for more."""
_MOST_DOUBLINGS = 20
_AT_ONCE = 50
"""Tickets that are entered in one transaction."""
_BREAK_OFF_AFTER = 4.0

_log = structlog.get_logger("sla_engine.sources")


class NoSuchSourceError(LookupError):
    """The policies name no such help desk."""


@define(eq=False)
class _Course:
    """What is known of one source.

    Attributes:
        due: when it is asked next, on the monotonic clock.
        failures: how often it failed one after the other.
        room: held by whoever enters what it told.
    """

    due: float = 0.0
    failures: int = 0
    trouble: str | None = None
    looking: asyncio.Task[None] | None = None
    room: asyncio.Lock = field(factory=asyncio.Lock)


@define(eq=False)
class Sources:
    """The ticket sources of one engine.

    Attributes:
        policies: gives those that are in force.
        environ: what secrets are read from.
    """

    policies: Callable[[], PolicySet]
    host: PluginHost
    store: Store
    clock: Clock
    environ: Mapping[str, str] = field(repr=False)
    _equipment: Equipment = field(init=False)
    _courses: dict[str, _Course] = field(factory=dict, init=False)
    _entered: int = field(default=0, init=False)
    _stop: asyncio.Event = field(factory=asyncio.Event, init=False)

    def __attrs_post_init__(self) -> None:
        guards = make_guards((), ())  # never asked: each look brings the guard of the policies in force
        self._equipment = make_equipment(self.host, guards, self.clock, self.environ)

    async def run(self) -> None:
        """Ask until `stop` is called; then let looks under way end, within some seconds."""
        try:
            while not self._stop.is_set():
                self.turn()
                try:
                    async with asyncio.timeout(LOOK_EVERY):
                        await self._stop.wait()
                except TimeoutError:
                    continue
        finally:
            await self.aclose()

    def stop(self) -> None:
        """Ask no further, and return from `run`."""
        self._stop.set()

    def turn(self) -> None:
        """Begin to ask those that are due, each beside the others."""
        named = self.policies().ticket_sources
        self._courses = {name: self._courses.get(name, _Course()) for name in named}
        for name, course in self._courses.items():
            is_looking = course.looking is not None and not course.looking.done()
            if not is_looking and course.due <= self.clock.monotonic():
                course.looking = asyncio.create_task(self._look(name, course), name=f"ticket source {name}")

    async def settle(self) -> None:
        """Wait for the looks under way."""
        if looking := self._looking():
            await asyncio.wait(looking)

    async def aclose(self) -> None:
        """Let looks under way end, and break off those that do not: what they read is read again."""
        if looking := self._looking():
            _, left = await asyncio.wait(looking, timeout=_BREAK_OFF_AFTER)
            for task in left:
                task.cancel()
            if left:
                await asyncio.wait(left, timeout=1.0)
        await self._equipment.aclose()

    async def hear(self, name: str, call: WebhookCall) -> Entered:
        """Take what was posted to a source; once this returns it is kept.

        Raises:
            NoSuchSourceError: the policies name none of that name.
            CallRefused: it is not believed.
            SourceError: it cannot be taken now, and should be posted again.
        """
        inquiry = self._inquiry(name, call=call)
        course = self._courses.setdefault(name, _Course())
        news = await inquire(inquiry, self._equipment)
        try:
            async with asyncio.timeout(HEAR_WITHIN.microseconds / SECOND), course.room:
                return await asyncio.to_thread(self._enter, name, news)
        except TimeoutError as error:
            raise SourceError("what was posted before is still being entered") from error
        except (StoreError, TicketError) as error:
            raise SourceError(str(error)) from error

    @property
    def troubles(self) -> Sequence[str]:
        """Which help desks cannot be read, and why, for people."""
        found = ((name, course.trouble) for name, course in self._courses.items())
        return [f"the ticket source {name} cannot be read: {trouble}" for name, trouble in found if trouble]

    def measures(self) -> Sequence[Measure]:
        """The sources in figures."""
        failing = sum(course.trouble is not None for course in self._courses.values())
        return (
            Measure("sla_ticket_sources", "Help desks that are followed.", "gauge", len(self._courses)),
            Measure("sla_ticket_sources_failing", "Help desks that cannot be read just now.", "gauge", failing),
            Measure(
                "sla_ticket_source_events", "Events of help desks entered since the start.", "counter", self._entered
            ),
        )

    def _looking(self) -> list[asyncio.Task[None]]:
        return [one.looking for one in self._courses.values() if one.looking is not None and not one.looking.done()]

    async def _look(self, name: str, course: _Course) -> None:
        """Ask one source, and enter what it tells; whatever happens, it is asked again."""
        source = self.policies().ticket_sources.get(name)
        every = LONGEST_WAIT if source is None else source.table.every.microseconds / SECOND
        try:
            position = await asyncio.to_thread(self._position, name)
            news = await inquire(self._inquiry(name, position=position), self._equipment)
            async with course.room:
                await asyncio.to_thread(self._enter, name, news)
        except Exception as error:
            course.failures = min(course.failures + 1, _MOST_DOUBLINGS)
            wait = max(every, min(every * 2**course.failures, LONGEST_WAIT))
            self._note(name, course, error.reason if isinstance(error, SourceError) else describe(error))
            asked_to_wait = error.retry_after if isinstance(error, SourceError) else None
        else:
            course.failures = 0
            wait, asked_to_wait = 0.0 if news.is_more else every, news.retry_after
            self._note(name, course, news.trouble)
        course.due = self.clock.monotonic() + max(wait, asked_to_wait or 0.0)

    def _inquiry(self, name: str, *, position: str | None = None, call: WebhookCall | None = None) -> Inquiry:
        policies = self.policies()
        source = policies.ticket_sources.get(name)
        if source is None:
            raise NoSuchSourceError(f"the policies name no ticket source {name!r}")
        # Who names a help desk allows its address; only what is denied stays so.
        guard = NetworkGuard(deny=policies.engine.targets.deny)
        within = LOOK_WITHIN if call is None else HEAR_WITHIN
        return Inquiry(name, source.via, source.settings, guard, position, call, within=within)

    def _position(self, name: str) -> str | None:
        with self.store.reading() as connection:
            return position_of(connection, name)

    def _enter(self, name: str, news: SourceNews) -> Entered:
        """Enter news, some tickets at a time so that nobody waits for long, and then how far they go."""
        policies, now = self.policies(), self.clock.now()
        desk, entered = desk_of(policies, name), Entered()
        waiting = list(by_ticket(news.events))
        for first in range(0, len(waiting), _AT_ONCE):
            with self.store.changing() as connection:
                for events in waiting[first : first + _AT_ONCE]:
                    entered += enter_ticket(connection, policies, desk, events, now)
        if news.position is not None:
            with self.store.changing() as connection:
                keep_position(connection, name, news.position, now)
        self._entered += entered.events
        if entered.events:
            _log.info("events of a ticket source", source=name, tickets=len(waiting), new=entered.events)
        return entered

    def _note(self, name: str, course: _Course, trouble: str | None) -> None:
        """Say when it begins that a source cannot be read, and when it is over."""
        if trouble != course.trouble:
            if trouble is None:
                _log.info("a ticket source is read again", source=name)
            else:
                _log.warning("a ticket source cannot be read", source=name, reason=trouble)
        course.trouble = trouble

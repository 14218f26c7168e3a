"""Looks up customers' domains for tickets about deliverability, without anybody's asking, again where it must."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

import structlog
from attrs import define, evolve, field, frozen

from sla_engine.engine.tickets.changing import read_case
from sla_engine.engine.tickets.deliverability import (
    TOPIC,
    Question,
    attach,
    check_for,
    due_question,
    read_outcome,
)
from sla_engine.engine.tickets.levels import TicketError
from sla_engine.model.instant import HOUR, MINUTE, SECOND, Instant
from sla_engine.model.service import Check
from sla_engine.plugin import Outcome
from sla_engine.policy import PolicySet
from sla_engine.registry.clock import Clock
from sla_engine.store import Store
from sla_engine.store.tickets import tickets_about

LOOK_EVERY = 5.0
"""Seconds between two looks at what is to be looked up."""
_MOST_AT_ONCE = 4
_STOP_WITHIN = 2.0

_log = structlog.get_logger("sla_engine.tickets")


@frozen
class _Tried:
    """What was looked up for a ticket.

    Attributes:
        last_at: when anything had been entered last.
        next_at: before when it is not looked up again, in seconds of the monotonic clock.
    """

    last_at: Instant
    question: Question | None = None
    tries: int = 0
    next_at: float = 0.0


@define(eq=False)
class DomainChecks:
    """Looks after one store's tickets about deliverability, on the event loop; the store is read in threads.

    Attributes:
        policies: gives those that are in force.
        probes: the plugins' classes.
        attempt: runs a check.
    """

    policies: Callable[[], PolicySet]
    probes: Mapping[str, type]
    store: Store
    clock: Clock
    attempt: Callable[[Check], Awaitable[Outcome]]
    _tried: dict[str, _Tried] = field(factory=dict, init=False)
    _looking: dict[str, asyncio.Task[None]] = field(factory=dict, init=False)
    _stop: asyncio.Event = field(factory=asyncio.Event, init=False)

    async def run(self) -> None:
        """Look until `stop` is called; what goes wrong is logged and tried again."""
        while not self._stop.is_set():
            try:
                await self.look()
            except Exception:
                _log.exception("customers' domains could not be looked up; this is tried again")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), LOOK_EVERY)
        await self._break_off()

    def stop(self) -> None:
        """Look no more; what is left is done at the next start."""
        self._stop.set()

    async def look(self) -> None:
        """Begin to look up what is due."""
        for number, question in await asyncio.to_thread(self._due):
            if len(self._looking) >= _MOST_AT_ONCE:
                return
            if number not in self._looking:
                task = asyncio.create_task(self._look_up(number, question), name=f"domain of {number}")
                self._looking[number] = task

    async def settle(self) -> None:
        """Wait for what is being looked up."""
        while self._looking:
            await asyncio.wait(list(self._looking.values()))

    async def _break_off(self) -> None:
        if not self._looking:
            return
        _, left = await asyncio.wait(list(self._looking.values()), timeout=_STOP_WITHIN)
        for task in left:
            task.cancel()

    def _due(self) -> list[tuple[str, Question]]:
        """Which tickets want something to be looked up that was not, or not just now."""
        policies, now = self.policies(), self.clock.now()
        with self.store.reading() as connection:
            about = tickets_about(connection, TOPIC)
        self._tried = {one.number: self._tried[one.number] for one in about if one.number in self._tried}
        found = []
        for ticket in about:
            known = self._tried.get(ticket.number)
            if known is None or known.last_at != ticket.last_at:
                question = due_question(read_case(policies, self.store, ticket.number, now))
                is_same = known is not None and known.question == question
                before = known if known is not None and is_same else _Tried(ticket.last_at)
                known = evolve(before, last_at=ticket.last_at, question=question)
                self._tried[ticket.number] = known
            if known.question is not None and known.next_at <= self.clock.monotonic():
                found.append((ticket.number, known.question))
        return found

    async def _look_up(self, number: str, question: Question) -> None:
        policies = self.policies()
        try:
            outcome = await self.attempt(check_for(question, policies, self.probes))
            finding = read_outcome(question, outcome, policies, self.clock.now())
            now = self.clock.now()
            case = await asyncio.to_thread(attach, policies, self.store, number, question, finding, now)
            _log.info("domain looked up", ticket=number, domain=question.domain, state=outcome.state.value)
            if due_question(case) is None:
                return
        except TicketError as error:
            _log.warning("a domain cannot be looked up", ticket=number, why=str(error))
        except Exception:
            _log.exception("a domain could not be looked up; this is tried again", ticket=number)
        finally:
            del self._looking[number]
        self._wait(number)

    def _wait(self, number: str) -> None:
        """Try again after a minute, then two, at last every hour."""
        known = self._tried.get(number)
        if known is not None:
            again_at = self.clock.monotonic() + min(MINUTE * 2**known.tries, HOUR) / SECOND
            self._tried[number] = _Tried(known.last_at, known.question, known.tries + 1, again_at)

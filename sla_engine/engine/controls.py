"""Asking the controls of one kind: does anything answer that always does?"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from attrs import define, field, frozen

from sla_engine.model.controls import Endpoint
from sla_engine.plugin.stages import describe
from sla_engine.registry.clock import Clock
from sla_engine.registry.connect import resolve, resolve_and_connect
from sla_engine.registry.guard import NetworkGuard

PATIENCE = 2.0
"""Seconds that a control has to answer."""
KEPT = 5.0
"""Seconds for which an answer is kept."""

Ask = Callable[[], Awaitable[None]]
"""Asks one control; returns when it answers, else raises."""


@frozen
class Answer:
    """What the controls of one kind said when they were asked.

    Attributes:
        asked_at, heard_at: moments of the monotonic clock, in seconds.
        by: the control that answered first, or None where none did.
        seen: what was seen of each, where none did.
    """

    asked_at: float
    heard_at: float
    by: str | None
    seen: tuple[str, ...] = ()


@define(eq=False)
class Panel:
    """The controls of one kind, all asked at once, and at most once at a time however many want to know.

    Attributes:
        controls: what asks each of them, by its name.
        heard: called after each answer.
        newest: the newest answer, or None.
    """

    controls: Mapping[str, Ask]
    clock: Clock
    heard: Callable[[], None] = lambda: None
    newest: Answer | None = field(default=None, init=False)
    _silence: Answer | None = field(default=None, init=False)
    _silent_until: float = field(default=float("-inf"), init=False)
    _asking: asyncio.Task[Answer] | None = field(default=None, init=False)

    @property
    def is_silent(self) -> bool:
        """Whether none of the controls answered when they were asked last."""
        return self.newest is not None and self.newest.by is None

    async def answer(self, since: float) -> Answer:
        """What the controls say of the time since a moment of the monotonic clock.

        That none answered at some time since then is enough, and silence lasts until the next answer was heard. That
        one answered counts only where it was asked since then, and just now: an answer from before the trouble began
        proves nothing.
        """
        while True:
            if self._silence is not None and self._silent_until >= since:
                return self._silence
            newest = self.newest
            if newest is not None and newest.asked_at >= since and self.clock.monotonic() - newest.heard_at <= KEPT:
                return newest
            await self.ask()

    async def ask(self) -> Answer:
        """Ask now, or wait for the answer to what was just asked."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask(), name="controls")
        return await asyncio.shield(self._asking)

    async def aclose(self) -> None:
        """Ask no more."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait([self._asking])

    async def _ask(self) -> Answer:
        asked_at = self.clock.monotonic()
        was_silent = self.is_silent
        by, seen = await _first_of(self.controls)
        self.newest = Answer(asked_at, self.clock.monotonic(), by, seen)
        if self.is_silent:
            self._silence = self.newest
        if self.is_silent or was_silent:
            self._silent_until = self.newest.heard_at
        self.heard()
        return self.newest


async def _first_of(controls: Mapping[str, Ask]) -> tuple[str | None, tuple[str, ...]]:
    asking = [asyncio.create_task(_fault(ask)) for ask in controls.values()]
    names = dict(zip(asking, controls, strict=True))
    waiting, seen = set(asking), []
    try:
        while waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                if (fault := one.result()) is None:
                    return names[one], ()
                seen.append(f"{names[one]}: {fault}")
    finally:
        for one in waiting:
            one.cancel()
    return None, tuple(sorted(seen))


async def _fault(ask: Ask) -> str | None:
    """Why a control does not answer, or None where it does."""
    patience = asyncio.timeout(PATIENCE)
    try:
        async with patience:
            await ask()
    except OSError as error:
        return f"no answer within {PATIENCE:g} s" if patience.expired() else describe(error)
    except Exception as error:  # whatever it is, it is no answer
        return str(error) or type(error).__name__
    return None


def resolves(name: str) -> Ask:
    """Asks whether a host name resolves."""

    async def ask() -> None:
        await resolve(name, 0)

    return ask


def connects(endpoint: Endpoint, guard: NetworkGuard) -> Ask:
    """Asks whether an endpoint accepts a connection; it is closed at once."""

    async def ask() -> None:
        opened = await resolve_and_connect(guard, endpoint.host, endpoint.port, PATIENCE)
        opened.close()

    return ask

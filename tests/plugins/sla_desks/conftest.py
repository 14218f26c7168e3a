from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from typing import Any

import pytest
from attrs import evolve

from sla_engine.model.duration import Duration
from sla_engine.plugin import SourceNews, TicketSource, WebhookCall
from sla_engine.registry.clock import SystemClock
from sla_engine.registry.guard import NetworkGuard
from sla_engine.registry.host import load_plugins
from sla_engine.registry.runs import make_equipment, make_guards
from sla_engine.registry.secrets import SecretSource
from sla_engine.registry.sourcing import Inquiry, inquire
from sla_engine.testing.clock import FakeClock
from tests.plugins.sla_desks.look_alikes import Glpi, Zammad

Ask = Callable[..., Awaitable[SourceNews]]
SECRETS = {"TOKEN": Zammad.token, "USER": Glpi.user_token, "APP": Glpi.app_token, "HOOK": "hook-secret"}


@pytest.fixture
async def ask() -> AsyncIterator[Ask]:
    """Ask a source once, with everything that a running engine gives it, on 26 October 2026 at noon UTC."""

    class Clock(FakeClock):
        """The wall clock stands, and the deadline goes on."""

        def monotonic(self) -> float:
            return SystemClock().monotonic()

    clock = Clock("2026-10-26T12:00:00Z")
    equipment = make_equipment(load_plugins(), make_guards((), ()), clock, {}, isolate=False)

    async def once(
        source: TicketSource,
        position: str | None = None,
        *,
        call: WebhookCall | None = None,
        seconds: float = 60.0,
        deny: tuple[str, ...] = (),
        secrets: Mapping[str, str] = SECRETS,
    ) -> SourceNews:
        given = evolve(equipment, secrets=SecretSource(secrets, lambda _: None))
        within = Duration(round(seconds * 1_000_000))
        guard = NetworkGuard(deny=deny)
        return await inquire(Inquiry("tested", "tested", source, guard, position, call, within=within), given)

    yield once
    await equipment.aclose()


@pytest.fixture
def zammad() -> Iterator[Zammad]:
    with Zammad() as server:
        yield server


@pytest.fixture
def glpi() -> Iterator[Glpi]:
    with Glpi() as server:
        yield server


@pytest.fixture
def told() -> Callable[[SourceNews], list[tuple[Any, ...]]]:
    """What news tell that moves clocks, by time: ticket, act, instant, key, level."""
    from sla_engine.model.instant import format_instant

    def read(news: SourceNews) -> list[tuple[Any, ...]]:
        moving = [one for one in news.events if one.act != "described"]
        return [
            (one.ticket, one.act, format_instant(one.at), one.level)
            for one in sorted(moving, key=lambda one: (one.at, one.key))
        ]

    return read

"""One engine with its store and its web: what ``sla run`` keeps up and ``sla demo`` shows."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from attrs import frozen

from sla_engine.app.serving import listen_on, serving
from sla_engine.engine.engine import Engine
from sla_engine.engine.standing import standing
from sla_engine.store import Store, open_store
from sla_engine.web.app import create_app
from sla_engine.web.site import Site

if TYPE_CHECKING:
    from sla_engine.policy import PolicySet
    from sla_engine.registry.host import PluginHost


@frozen
class Running:
    """What is up.

    Attributes:
        address: of the status page.
        store: what the engine keeps.
    """

    address: str
    store: Store


@asynccontextmanager
async def running(policies: "PolicySet", host: "PluginHost", *, environ: Mapping[str, str]) -> AsyncIterator[Running]:
    """Run the engine and serve the web while the block lasts; stops within ten seconds, losing no result.

    Raises:
        EngineFailure: the store or the address cannot be had.
    """
    with listen_on(policies.engine.listen) as listener, open_store(policies.engine.store) as store:
        store.upgrade()
        engine = Engine(policies, host, store, environ=environ)
        site = Site(
            status=lambda: standing(policies, store, engine.clock.now()),
            troubles=engine.troubles,
            measures=engine.measures,
            zone=policies.contract().timezone,
        )
        async with serving(create_app(site), listener) as address:
            work = asyncio.create_task(engine.run())
            try:
                yield Running(address, store)
            finally:
                engine.stop()
                await work

"""One engine with its store and its web: what ``sla run`` keeps up and ``sla demo`` shows."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from attrs import frozen

from sla_engine.app.beside import beside
from sla_engine.app.judge import Judge
from sla_engine.app.parts import OnLoop, Part, at_work
from sla_engine.app.serving import listen_on, serving
from sla_engine.app.steady import steady
from sla_engine.cli.common import EngineFailure
from sla_engine.engine.access import Doors
from sla_engine.engine.engine import Engine
from sla_engine.engine.maintenance.board import board
from sla_engine.engine.sources.following import Sources
from sla_engine.engine.tickets.front import Front
from sla_engine.policy import PolicySet
from sla_engine.registry.host import PluginHost
from sla_engine.registry.secrets import SecretSource
from sla_engine.store import Store, StoreError, open_store
from sla_engine.web.app import create_app
from sla_engine.web.site import Site


@frozen
class Running:
    """What is up.

    Attributes:
        address: of the status page.
        work: the engine at work; done when it has ended, which it should not by itself.
    """

    address: str
    store: Store
    engine: Engine
    work: asyncio.Task[None]


@asynccontextmanager
async def running(
    policies: PolicySet, host: PluginHost, *, environ: Mapping[str, str], store_url: str, listen: str
) -> AsyncIterator[Running]:
    """Run the engine and serve the web while the block lasts; stops within ten seconds, losing no result.

    Raises:
        EngineFailure: the store or the address cannot be had.
    """
    try:
        with listen_on(listen) as listener, open_store(store_url) as store:
            store.start_writer()
            engine = Engine(policies, host, store, environ)
            probing = OnLoop("probing", engine.run, engine.stop, lambda: [engine.refused], engine.measures)
            judge = Judge(store_url)
            sources = Sources(lambda: engine.policies, host, store, engine.clock, environ)
            waves = beside(probing, engine, judge, sources)
            site = _site(engine, judge, sources, [part for wave in waves for part in wave])
            async with serving(create_app(site), listener) as address, at_work(waves):
                with steady():
                    yield Running(address, store, engine, probing.task)
    except StoreError as error:
        raise EngineFailure(str(error)) from error


def _site(engine: Engine, judge: Judge, sources: Sources, parts: Sequence[Part]) -> Site:
    clock, store = engine.clock, engine.store
    doors = Doors(lambda: engine.policies, SecretSource(engine.environ, engine.host.secret), clock)
    return Site(
        status=lambda: judge.standing(engine.policies, clock.now()),
        troubles=engine.troubles,
        warnings=lambda: [*(wrong for part in parts for wrong in part.troubles), *doors.troubles()],
        measures=lambda: [measure for part in parts for measure in part.measures],
        zone=lambda: engine.policies.public_zone,
        board=lambda: board(engine.policies, store, clock.now()),
        desk=Front(lambda: engine.policies, store, clock),
        figures=lambda period: judge.support(engine.policies, period, clock.now()),
        doors=doors,
        hear=sources.hear,
        address=lambda: engine.policies.engine.desk.site,
    )

"""One engine with its store and its web: what ``sla run`` keeps up and ``sla demo`` shows."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing

from attrs import frozen

from sla_engine.app.judge import Judge
from sla_engine.app.serving import listen_on, serving
from sla_engine.app.steady import steady
from sla_engine.cli.common import EngineFailure
from sla_engine.engine.access import Doors
from sla_engine.engine.dead_man import DeadMan
from sla_engine.engine.engine import Engine
from sla_engine.engine.escalation.watching import Watching
from sla_engine.engine.freezer import Freezer
from sla_engine.engine.incidents.attending import Attending
from sla_engine.engine.maintenance.announcer import Announcer
from sla_engine.engine.maintenance.board import board
from sla_engine.engine.observing import Observing
from sla_engine.engine.outbox.dispatcher import Dispatcher
from sla_engine.engine.tickets.domain_checks import DomainChecks
from sla_engine.engine.tickets.front import Front
from sla_engine.engine.tickets.watcher import Watcher
from sla_engine.model.incident import IncidentRecord
from sla_engine.policy import PolicySet
from sla_engine.registry.host import PluginHost
from sla_engine.registry.secrets import SecretSource
from sla_engine.reports.document import as_document
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
        with listen_on(listen) as listener, open_store(store_url) as store, closing(Judge(store_url)) as judge:
            store.start_writer()
            engine = Engine(policies, host, store, environ)
            dispatcher = Dispatcher(lambda: engine.policies, host, store, engine.clock, environ)
            observing = Observing[IncidentRecord]("an incident", host.observers("sla_incident"))
            attending = Attending(lambda: engine.policies, store, engine.clock, observing.put)
            announcer = Announcer(lambda: engine.policies, store, engine.clock)
            site = _site(judge, store, engine, dispatcher, attending, announcer)
            async with serving(create_app(site), listener) as address:
                work = asyncio.create_task(engine.run())
                sending = asyncio.create_task(dispatcher.run())
                freezer = Freezer(lambda: engine.policies, store, engine.clock, as_document)
                freezer.start()
                announcer.start()
                observing.start()
                attending.start()
                watching = Watching(lambda: engine.policies, store, engine.clock, lambda: engine.certificates.ends())
                watching.start()
                watcher = Watcher(lambda: engine.policies, store, engine.clock)
                watcher.start()
                domain_checks = DomainChecks(lambda: engine.policies, host.probes, store, engine.clock, engine.try_now)
                looking_up = asyncio.create_task(domain_checks.run())
                dead_man = DeadMan(lambda: engine.policies, engine.scheduler_troubles, store.writer, engine.clock)
                pinging = asyncio.create_task(dead_man.run())
                try:
                    with steady():
                        yield Running(address, store, engine, work)
                finally:
                    pinging.cancel()
                    watching.stop()
                    freezer.stop()
                    announcer.stop()
                    dispatcher.stop()
                    domain_checks.stop()
                    await looking_up
                    engine.stop()
                    await asyncio.gather(work, sending)
                    await asyncio.wait([pinging])
                    await asyncio.to_thread(attending.stop)
                    await asyncio.to_thread(watcher.stop)
                    observing.stop()
    except StoreError as error:
        raise EngineFailure(str(error)) from error


def _site(
    judge: Judge, store: Store, engine: Engine, dispatcher: Dispatcher, attending: Attending, announcer: Announcer
) -> Site:
    def warnings() -> list[str]:
        found = (engine.refused, judge.trouble, attending.trouble, dispatcher.trouble, announcer.trouble)
        return [*(wrong for wrong in found if wrong is not None), *doors.troubles()]

    doors = Doors(lambda: engine.policies, SecretSource(engine.environ, engine.host.secret), engine.clock)
    return Site(
        status=lambda: judge.standing(engine.policies, engine.clock.now()),
        troubles=engine.troubles,
        warnings=warnings,
        measures=lambda: [*engine.measures(), *dispatcher.measures()],
        zone=lambda: engine.policies.public_zone,
        board=lambda: board(engine.policies, store, engine.clock.now()),
        desk=Front(lambda: engine.policies, store, engine.clock),
        doors=doors,
        address=lambda: engine.policies.engine.desk.site,
    )

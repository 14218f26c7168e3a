"""One engine with its store and its web: what ``sla run`` keeps up and ``sla demo`` shows."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from typing import Protocol

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
from sla_engine.engine.lookout import Lookout
from sla_engine.engine.mail.mailroom import Mailroom
from sla_engine.engine.maintenance.announcer import Announcer
from sla_engine.engine.maintenance.board import board
from sla_engine.engine.observing import Observing
from sla_engine.engine.outbox.dispatcher import Dispatcher
from sla_engine.engine.sources.following import Sources
from sla_engine.engine.tickets.domain_checks import DomainChecks
from sla_engine.engine.tickets.front import Front
from sla_engine.engine.tickets.news import TicketNews
from sla_engine.engine.tickets.watcher import Watcher
from sla_engine.model.incident import IncidentRecord
from sla_engine.model.ticket import TicketRecord
from sla_engine.model.verdict import Verdict
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


class _Companion(Protocol):
    """What is at work beside an engine, in threads of its own."""

    def start(self) -> None: ...
    def stop(self) -> None: ...


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
            of_tickets = Observing[TicketRecord]("a ticket", host.observers("sla_ticket"))
            of_verdicts = Observing[Verdict]("a verdict", host.observers("sla_evaluated"))
            lookouts = _lookouts(engine, store, judge, of_tickets, of_verdicts)
            mailroom = Mailroom(lambda: engine.policies, store, engine.clock, SecretSource(environ, host.secret))
            sources = Sources(lambda: engine.policies, host, store, engine.clock, environ)
            site = _site(judge, store, engine, dispatcher, attending, lookouts, mailroom, sources)
            async with serving(create_app(site), listener) as address:
                work = asyncio.create_task(engine.run())
                sending = asyncio.create_task(dispatcher.run())
                following = asyncio.create_task(sources.run())
                companions: Sequence[_Companion] = (observing, of_tickets, of_verdicts, attending, *lookouts, mailroom)
                domain_checks = DomainChecks(lambda: engine.policies, host.probes, store, engine.clock, engine.try_now)
                looking_up = asyncio.create_task(domain_checks.run())
                dead_man = DeadMan(lambda: engine.policies, engine.scheduler_troubles, store.writer, engine.clock)
                pinging = asyncio.create_task(dead_man.run())
                try:
                    for companion in companions:
                        companion.start()
                    with steady():
                        yield Running(address, store, engine, work)
                finally:
                    pinging.cancel()
                    dispatcher.stop()
                    sources.stop()
                    domain_checks.stop()
                    engine.stop()
                    await asyncio.gather(work, sending, following, looking_up)
                    await asyncio.wait([pinging])
                    for companion in reversed(companions):
                        await asyncio.to_thread(companion.stop)
    except StoreError as error:
        raise EngineFailure(str(error)) from error


def _lookouts(
    engine: Engine, store: Store, judge: Judge, of_tickets: Observing[TicketRecord], of_verdicts: Observing[Verdict]
) -> Sequence[Lookout]:
    """What is looked after beside probing, each in its own time."""
    freezer = Freezer(
        lambda: engine.policies, store, engine.clock, as_document, tell=lambda verdict: of_verdicts.put([verdict])
    )
    watching = Watching(lambda: engine.policies, store, engine.clock, engine.certificates.ends, judge.burning)
    announcer = Announcer(lambda: engine.policies, store, engine.clock)
    watcher = Watcher(lambda: engine.policies, store, engine.clock)
    news = TicketNews(lambda: engine.policies, store, engine.clock, of_tickets.put)
    return (
        Lookout("keeping other engines off the store", 2.0, store.keep),
        Lookout("freezing reports", 60.0, freezer.look, freezer.is_over),
        Lookout("watching budgets and certificates", 5.0, watching.look),
        Lookout("announcing maintenance", 2.0, announcer.look),
        Lookout("watching tickets", 5.0, watcher.look),
        *([Lookout("telling plugins of tickets", 1.0, news.look)] if of_tickets.observers else []),
    )


def _site(
    judge: Judge,
    store: Store,
    engine: Engine,
    dispatcher: Dispatcher,
    attending: Attending,
    lookouts: Sequence[Lookout],
    mailroom: Mailroom,
    sources: Sources,
) -> Site:
    def warnings() -> list[str]:
        troubles = (one.trouble for one in lookouts)
        found = (engine.refused, judge.trouble, attending.trouble, dispatcher.trouble, *troubles)
        return [
            *(wrong for wrong in found if wrong is not None),
            *doors.troubles(),
            *mailroom.troubles,
            *sources.troubles,
        ]

    doors = Doors(lambda: engine.policies, SecretSource(engine.environ, engine.host.secret), engine.clock)
    return Site(
        status=lambda: judge.standing(engine.policies, engine.clock.now()),
        troubles=engine.troubles,
        warnings=warnings,
        measures=lambda: [*engine.measures(), *dispatcher.measures(), *mailroom.measures(), *sources.measures()],
        zone=lambda: engine.policies.public_zone,
        board=lambda: board(engine.policies, store, engine.clock.now()),
        desk=Front(lambda: engine.policies, store, engine.clock),
        figures=lambda period: judge.support(engine.policies, period, engine.clock.now()),
        doors=doors,
        hear=sources.hear,
        address=lambda: engine.policies.engine.desk.site,
    )

"""What is at work beside the probes of one engine: one list, from who is only told to who acts by themselves."""

from collections.abc import Callable

from attrs import frozen

from sla_engine.app.judge import Judge
from sla_engine.app.parts import InThreads, OnLoop, Part, Wave
from sla_engine.engine.dead_man import DeadMan
from sla_engine.engine.engine import Engine
from sla_engine.engine.escalation.watching import Watching
from sla_engine.engine.freezer import Freezer
from sla_engine.engine.holdings import holdings
from sla_engine.engine.incidents.attending import Attending
from sla_engine.engine.lookout import Lookout
from sla_engine.engine.mail.mailroom import Mailroom
from sla_engine.engine.maintenance.announcer import Announcer
from sla_engine.engine.observing import Observing
from sla_engine.engine.outbox.dispatcher import Dispatcher
from sla_engine.engine.packing import Packer
from sla_engine.engine.pruning import Pruner
from sla_engine.engine.sources.following import Sources
from sla_engine.engine.tickets.domain_checks import DomainChecks
from sla_engine.engine.tickets.news import TicketNews
from sla_engine.engine.tickets.watcher import Watcher
from sla_engine.model.incident import IncidentRecord
from sla_engine.model.ticket import TicketRecord
from sla_engine.model.verdict import Verdict
from sla_engine.policy import PolicySet
from sla_engine.registry.secrets import SecretSource
from sla_engine.reports.document import as_document


@frozen
class Told:
    """The plugins that are told of what happens."""

    incidents: Observing[IncidentRecord]
    tickets: Observing[TicketRecord]
    verdicts: Observing[Verdict]


def beside(probing: Part, engine: Engine, judge: Judge, sources: Sources) -> tuple[Wave, ...]:
    """Everything at work in one engine, in waves: each needs what comes before it. The probes are in the last."""
    host = engine.host
    told = Told(
        Observing("an incident", host.observers("sla_incident")),
        Observing("a ticket", host.observers("sla_ticket")),
        Observing("a verdict", host.observers("sla_evaluated")),
    )
    return (
        [InThreads(one.start, one.stop) for one in (told.incidents, told.tickets, told.verdicts)],
        _looking(engine, judge, told),
        [probing, *_turning(engine, sources)],
    )


def _looking(engine: Engine, judge: Judge, told: Told) -> Wave:
    """What looks at the store again and again, in threads."""
    policies, store, clock = _in_force(engine), engine.store, engine.clock
    attending = Attending(policies, store, clock, told.incidents.put)
    mailroom = Mailroom(policies, store, clock, SecretSource(engine.environ, engine.host.secret))
    freezer = Freezer(policies, store, clock, as_document, tell=lambda verdict: told.verdicts.put([verdict]))
    watching = Watching(policies, store, clock, engine.certificates.ends, judge.burning)
    news = TicketNews(policies, store, clock, told.tickets.put)
    packer = Packer(store, clock)
    pruner = Pruner(policies, store, clock)
    pruning = Lookout("pruning the store", 60.0, pruner.look, pruner.is_over)
    lookouts = (
        Lookout("keeping other engines off the store", 2.0, store.keep),
        Lookout("packing days", 3600.0, packer.look, packer.is_over),
        Lookout("freezing reports", 60.0, freezer.look, freezer.is_over),
        Lookout("watching budgets and certificates", 5.0, watching.look),
        Lookout("announcing maintenance", 2.0, Announcer(policies, store, clock).look),
        Lookout("watching tickets", 5.0, Watcher(policies, store, clock).look),
        *([Lookout("telling plugins of tickets", 1.0, news.look)] if told.tickets.observers else []),
    )
    return (
        InThreads(lambda: None, judge.close, lambda: [judge.trouble]),
        InThreads(attending.start, attending.stop, lambda: [attending.trouble]),
        *map(_looked_after, lookouts),
        InThreads(pruning.start, pruning.stop, lambda: [pruning.trouble], lambda: holdings(store)),
        InThreads(mailroom.start, mailroom.stop, lambda: mailroom.troubles, mailroom.measures),
    )


def _turning(engine: Engine, sources: Sources) -> Wave:
    """What goes on on the event loop, beside the probes."""
    policies, store, clock = _in_force(engine), engine.store, engine.clock
    dispatcher = Dispatcher(policies, engine.host, store, clock, engine.environ)
    domain_checks = DomainChecks(policies, engine.host.probes, store, clock, engine.try_now)
    dead_man = DeadMan(policies, engine.scheduler_troubles, store.writer, clock)
    return (
        OnLoop("sending messages", dispatcher.run, dispatcher.stop, lambda: [dispatcher.trouble], dispatcher.measures),
        OnLoop("following help desks", sources.run, sources.stop, lambda: sources.troubles, sources.measures),
        OnLoop("looking up domains", domain_checks.run, domain_checks.stop),
        OnLoop("asking for a ping", dead_man.run),
    )


def _looked_after(lookout: Lookout) -> InThreads:
    return InThreads(lookout.start, lookout.stop, lambda: [lookout.trouble])


def _in_force(engine: Engine) -> Callable[[], PolicySet]:
    return lambda: engine.policies

"""Who is told, in minutes since Monday 2026-01-05T00:00Z: ``15 sms`` is a message to sms a quarter of an hour later."""

from collections.abc import Iterable, Sequence

from attrs import define, field, frozen

from sla_engine.engine.escalation import routes_of_incidents
from sla_engine.engine.escalation.composing import compose
from sla_engine.engine.incidents import Incident
from sla_engine.engine.incidents.case import Case
from sla_engine.engine.incidents.rules import rule_of
from sla_engine.engine.incidents.union import Part
from sla_engine.model.incident import IncidentEvent, IncidentEventKind, IncidentRecord
from sla_engine.model.instant import MINUTE, Instant, parse_instant
from sla_engine.model.interval import merge
from sla_engine.plugin import Delivery, Message, Notifier, NotifyRun, Outcome, Probe, ProbeRun
from sla_engine.policy import Plugins, PolicySet
from sla_engine.store.outbox import Notice

START = parse_instant("2026-01-05T00:00:00Z")

SERVICES = """
[service.api]
severity = "critical"
check.health = { probe = "door" }
[service.web]
depends_on = ["api"]
check.home = { probe = "door" }
[sla.standard]
availability = { api = "99%", web = "99%" }
"""
NOTIFIERS = """
[notifier]
mail = { via = "bell" }
sms = { via = "bell" }
phone = { via = "bell" }
"""
TWO_STEPS = """
[escalation.all]
on = {}
step = [{ notify = ["mail"] }, { after = "15m", notify = ["sms", "phone"] }]
"""
SUFFIXES = {"opened": "", "repeated": " again", "recovered": " over", "acknowledged": " taken", "flapping": " flaps"}


@frozen
class DoorProbe(Probe):
    """Knock at a door."""

    async def run(self, run: ProbeRun) -> Outcome:
        return Outcome.up()


@frozen
class BellNotifier(Notifier):
    """Ring at doors, one after the other."""

    doors: list[str] = field(factory=list)  # which

    async def send(self, message: Message, run: NotifyRun) -> Delivery:
        return Delivery(True, True, "it rang")

    def recipients(self) -> Sequence[str]:
        return self.doors


PLUGINS = Plugins({"door": DoorProbe}, {"bell": BellNotifier})


def minute(number: float) -> Instant:
    return START + round(number * MINUTE)


def text(notice: Notice) -> str:
    return f"{(notice.due_at - START) / MINUTE:g} {notice.notifier}{SUFFIXES[notice.about]}"


@define
class Alarm:
    """An incident of one service as it is known by and by, with what its people were told."""

    policies: PolicySet
    service: str = "api"
    opened: float | None = 0
    closed: float | None = None
    flapped: Sequence[float] = ()
    held: Iterable[tuple[float, float]] = ()
    events: list[IncidentEvent] = field(factory=list)
    told: dict[str, Notice] = field(factory=dict)

    def happens(self, at: float, kind: IncidentEventKind, who: str = "anna") -> None:
        self.events.append(IncidentEvent(minute(at), kind, who))

    def case(self, at: float) -> Case:
        """As it is known a little after a minute."""
        closed = None if self.closed is None or self.closed > at else minute(self.closed)
        incident = Incident(
            service=self.service,
            began_at=START - MINUTE,
            opened_at=None if self.opened is None else minute(self.opened),
            ended_at=closed,
            closed_at=closed,
            in_maintenance=False,
            flapped=tuple(minute(one) for one in self.flapped if one <= at),
        )
        events = tuple(event for event in self.events if event.at <= minute(at))
        record = IncidentRecord(
            7, self.service, incident.began_at, incident.opened_at, closed, closed, "down", False, events
        )
        rules = {rule_of(route.table) for route in routes_of_incidents(self.service, self.policies)}
        return Case(
            record=record,
            service=self.policies.services[self.service],
            parts=tuple(Part(rule, incident) for rule in sorted(rules)),
            held=merge((minute(start), minute(end)) for start, end in self.held),
            cause=None,
            check="api/health",
            reason="status 503",
            told=dict(self.told),
        )

    def look(self, at: float) -> list[Notice]:
        """What is found to be due a little after a minute, which is then on record."""
        composed = compose(self.case(at), self.policies, minute(at) + 1)
        assert not {one.key for one in composed.notices} & self.told.keys()
        self.told |= {one.key: one for one in composed.notices}
        return list(composed.notices)

    def say(self, at: float) -> list[str]:
        return [text(one) for one in self.look(at)]

    def every_minute(self, until: int, since: int = 0) -> list[str]:
        """What is told by somebody who looks every minute."""
        return [said for at in range(since, until) for said in self.say(at)]

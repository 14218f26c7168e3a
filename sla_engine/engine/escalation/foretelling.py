"""Who would be told of an incident from its opening to its end: composed again at every instant at which that matters.

What the engine does step by step as time passes is done here at once, by the same rules and from the same code.
"""

import re
from collections.abc import Sequence

from attrs import evolve, frozen

from sla_engine.engine.escalation.composing import compose
from sla_engine.engine.incidents.case import Case
from sla_engine.engine.incidents.detecting import Incident
from sla_engine.engine.incidents.rules import Rule
from sla_engine.engine.incidents.union import Part
from sla_engine.model.incident import IncidentRecord
from sla_engine.model.instant import Instant
from sla_engine.model.interval import Interval
from sla_engine.model.service import Service
from sla_engine.policy import PolicySet
from sla_engine.store.outbox import Notice

_REPETITION = re.compile(r"\.\d+/")


@frozen
class Told:
    """One message to one notifier.

    Attributes:
        notifier: its id.
        step: which step of the escalation, from 1; of a recovery, the last one at which that notifier was told.
        about: ``opened``, ``repeated``, ``recovered``, or what else became of it.
    """

    at: Instant
    notifier: str
    step: int
    about: str
    escalation: str


def foretell(
    incident: Incident, rule: Rule, service: Service, held: Sequence[Interval], until: Instant, policies: PolicySet
) -> list[Told]:
    """Every message about an incident that is sent before ``until``, in order: one to each notifier, whomever it tells.

    Args:
        rule: by which it opens and closes; escalations with other rules are left out.
        held: the set of intervals in which no message is sent.
    """
    notices = foretell_notices(incident, rule, service, held, until, policies)
    return sorted(dict.fromkeys(map(_told, notices)), key=lambda one: (one.at, one.step))


def foretell_notices(
    incident: Incident, rule: Rule, service: Service, held: Sequence[Interval], until: Instant, policies: PolicySet
) -> list[Notice]:
    """The same as notices, one to each recipient, in the order in which they are composed."""
    found: list[Notice] = []
    on_record: dict[str, Notice] = {}
    now = None if incident.opened_at is None else incident.opened_at + 1
    while now is not None and now <= until:
        composed = compose(_case(_as_known(incident, now), rule, service, held, on_record), policies, now)
        found += composed.notices
        # Of what is repeated, the last is all that matters.
        on_record |= {_REPETITION.sub("/", notice.key, count=1): notice for notice in composed.notices}
        ends = None if incident.closed_at is None else incident.closed_at + 1
        now = min((at for at in (composed.next_at, ends) if at is not None and at > now), default=None)
    return [notice for notice in found if notice.due_at < until]


def _told(notice: Notice) -> Told:
    return Told(notice.due_at, notice.notifier, notice.facts["step"], notice.about, notice.facts["escalation"])


def _as_known(incident: Incident, now: Instant) -> Incident:
    if incident.closed_at is None or incident.closed_at < now:
        return incident
    return evolve(incident, ended_at=None, closed_at=None)


def _case(
    incident: Incident, rule: Rule, service: Service, held: Sequence[Interval], on_record: dict[str, Notice]
) -> Case:
    record = IncidentRecord(
        number=0,
        service=service.id,
        began_at=incident.began_at,
        opened_at=incident.opened_at,
        ended_at=incident.ended_at,
        closed_at=incident.closed_at,
        state=rule.state,
        in_maintenance=incident.in_maintenance,
    )
    return Case(
        record=record,
        service=service,
        parts=(Part(rule, incident),),
        held=held,
        cause=None,
        check=None,
        reason=None,
        told=on_record,
    )

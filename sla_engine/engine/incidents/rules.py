"""By which rules the incidents of a service open and close: those of the escalations that follow it."""

from collections.abc import Sequence

from attrs import frozen

from sla_engine.engine.escalation.routing import routes_of_incidents
from sla_engine.model.incident import IncidentState
from sla_engine.policy import PolicySet
from sla_engine.policy.documents import EscalationTable


@frozen(order=True)
class Rule:
    """What an escalation is about.

    Attributes:
        state: ``degraded`` is all that is less than up.
        confirm, recover: how often in a row that must be seen, or that the service is up again.
    """

    state: IncidentState
    confirm: int
    recover: int


UNFOLLOWED = Rule("down", confirm=1, recover=1)
"""The rule of a service that no escalation follows: it has incidents too, of which nobody is told."""


def rule_of(escalation: EscalationTable) -> Rule:
    """The rule by which an escalation's incidents open and close."""
    return Rule(escalation.on.state, escalation.confirm, escalation.recover)


def rules_on(service: str, policies: PolicySet) -> Sequence[Rule]:
    """The rules of the escalations that follow a service, each once."""
    rules = {rule_of(route.table) for route in routes_of_incidents(service, policies)}
    return sorted(rules) or [UNFOLLOWED]

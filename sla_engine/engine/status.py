"""How things stand at one instant: what ``sla status``, the status page and its JSON all show.

Everybody may see states, verdicts and budgets. What was seen at a target can name hosts, addresses and words of inner
machines, and who looks after something, and which escalation waits for it, is the provider's own: that is for agents.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from attrs import asdict, frozen

from sla_engine.engine.budgets import BudgetStatus, budget_json
from sla_engine.model.incident import IncidentState
from sla_engine.model.instant import Instant, format_instant, seconds
from sla_engine.model.text import Text
from sla_engine.model.zone import Zone

if TYPE_CHECKING:
    from sla_engine.calendars.periods import Period
    from sla_engine.model.accounting import Accounting

Condition: TypeAlias = Literal["up", "degraded", "down", "unknown"]


@frozen
class CheckStatus:
    """The newest result of a check from one location, as long as it speaks.

    Attributes:
        name: the check's id within its service.
        location: where it ran; ``""`` is the engine itself.
        state: unknown where there is no result, or the newest is stale or an error.
        at: the instant of the newest result, or None.
        latency: microseconds, or None.
        reason: why it is not up, or None.
    """

    name: str
    location: str
    state: Condition
    at: Instant | None
    latency: int | None
    reason: str | None


@frozen
class ServiceStatus:
    """A service now.

    Attributes:
        since: from when on the service has been in this state, or None where that is not known.
        reason: why it is not up, or None.
        checks: its own; none where it is composed of other services, whose checks stand with them.
        parts: the ids of the services that it is composed of.
    """

    id: str
    title: Text
    state: Condition
    since: Instant | None
    reason: str | None
    checks: tuple[CheckStatus, ...]
    parts: tuple[str, ...] = ()


@frozen
class IncidentStatus:
    """An incident that is open.

    Attributes:
        since: the first time that the service was seen down.
        acknowledged_by, acknowledged_at: who looks after it, and since when; or None.
    """

    number: int
    service: str
    title: Text
    state: IncidentState
    since: Instant
    acknowledged_by: str | None
    acknowledged_at: Instant | None


@frozen
class ObjectiveStatus:
    """An availability objective in the running period.

    Attributes:
        target, measured, coverage: percentages as printed; measured and coverage are None where nothing is known.
        verdict: on_track, at_risk, breached or no_data.
        budget, budget_left: microseconds of downtime that the whole period allows, and what is left of them.
        burning: how the budget is used up, where that leads, and what alerts by it.
    """

    service: str
    title: Text
    target: str
    measured: str | None
    coverage: str | None
    verdict: str
    budget: int
    budget_left: int
    burning: BudgetStatus


@frozen
class AgreementStatus:
    """One agreement in its running period."""

    agreement: str
    customer: str | None
    title: Text
    zone: Zone
    period: "Period"
    accounting: "Accounting"
    objectives: tuple[ObjectiveStatus, ...]


@frozen
class TicketsStatus:
    """The tickets that are not resolved.

    Attributes:
        owed: to how many an answer is owed.
        waiting: of how many the customer is waited for.
        answered: upon how many no clock runs any more.
        late: of all these, upon how many a clock runs that is late.
    """

    owed: int
    waiting: int
    answered: int
    late: int


@frozen
class Status:
    """Everything that is shown, as of one instant.

    Attributes:
        tickets: for whoever works on them; None in what everybody sees.
    """

    at: Instant
    policy_hash: str
    services: tuple[ServiceStatus, ...]
    agreements: tuple[AgreementStatus, ...]
    incidents: tuple[IncidentStatus, ...] = ()
    tickets: TicketsStatus | None = None

    @property
    def overall(self) -> Condition:
        """The worst state of any service; a known fault is worse than not knowing."""
        states = {service.state for service in self.services}
        for state in ("down", "degraded", "unknown"):
            if state in states:
                return state
        return "up" if states else "unknown"


def status_json(status: Status) -> Mapping[str, Any]:
    """The status as programs read it; lengths in seconds, percentages as text."""
    return {
        "at": format_instant(status.at),
        "policy_hash": status.policy_hash,
        "overall": status.overall,
        "services": [_service_json(service) for service in status.services],
        "incidents": [_incident_json(incident) for incident in status.incidents],
        "agreements": [agreement_json(agreement) for agreement in status.agreements],
        **({} if status.tickets is None else {"tickets": asdict(status.tickets)}),
    }


def public_json(status: Status) -> Mapping[str, Any]:
    """What everybody may see, in the form of `status_json`: what is withheld is null, or an empty list."""
    public: Mapping[str, Any] = _public(status_json(status))
    return public


_WITHHELD: Mapping[str, Any] = {"reason": None, "by": None, "burn_alerts": [], "tickets": None}
"""What strangers find by these keys, wherever they stand."""


def _public(found: Any) -> Any:
    if isinstance(found, Mapping):
        return {key: _WITHHELD[key] if key in _WITHHELD else _public(value) for key, value in found.items()}
    return [_public(one) for one in found] if isinstance(found, list) else found


def _incident_json(incident: IncidentStatus) -> Mapping[str, Any]:
    return {
        "incident": incident.number,
        "service": incident.service,
        "title": str(incident.title),
        "state": incident.state,
        "since": format_instant(incident.since),
        "acknowledged": None
        if incident.acknowledged_at is None
        else {"by": incident.acknowledged_by, "at": format_instant(incident.acknowledged_at)},
    }


def _service_json(service: ServiceStatus) -> Mapping[str, Any]:
    return {
        "service": service.id,
        "title": str(service.title),
        "state": service.state,
        "since": _moment(service.since),
        "reason": service.reason,
        "of": list(service.parts),
        "checks": [
            {
                "check": f"{service.id}/{check.name}",
                "location": check.location,
                "state": check.state,
                "at": _moment(check.at),
                "ms": None if check.latency is None else check.latency / 1000,
                "reason": check.reason,
            }
            for check in service.checks
        ],
    }


def agreement_json(agreement: AgreementStatus) -> Mapping[str, Any]:
    """An agreement in its running period as programs read it."""
    return {
        "agreement": agreement.agreement,
        "customer": agreement.customer,
        "title": str(agreement.title),
        "period": {
            "start": format_instant(agreement.period.start),
            "end": format_instant(agreement.period.end),
            "timezone": agreement.zone.name,
        },
        "availability": [objective_json(objective) for objective in agreement.objectives],
    }


def objective_json(objective: ObjectiveStatus) -> Mapping[str, Any]:
    """An objective as programs read it."""
    return {
        "service": objective.service,
        "target": objective.target,
        "measured": objective.measured,
        "coverage": objective.coverage,
        "verdict": objective.verdict,
        "budget": seconds(objective.budget),
        "budget_left": seconds(objective.budget_left),
        **budget_json(objective.burning),
    }


def _moment(at: Instant | None) -> str | None:
    return None if at is None else format_instant(at)

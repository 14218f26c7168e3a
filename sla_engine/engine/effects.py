"""What other policies would do to the periods that run: the verdicts as they are, and as they would be."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from attrs import frozen

from sla_engine.calendars.periods import period_at
from sla_engine.engine.standing import known_history
from sla_engine.evaluation import evaluate
from sla_engine.model.instant import Instant
from sla_engine.model.verdict import Finding, Verdict
from sla_engine.policy import PolicySet
from sla_engine.store import Store


@frozen
class Standing:
    """How an objective stands.

    Attributes:
        budget_left: microseconds of downtime that are still allowed, or None where the objective has no such budget.
    """

    finding: Finding
    measured: Fraction | None
    budget_left: int | None = None


@frozen
class Effect:
    """An objective that would stand otherwise.

    Attributes:
        holder: as in ``customer/acme``.
        period: its label.
        objective: as in ``availability.api``.
        before, after: None where it is not, or will not be, promised.
    """

    holder: str
    period: str
    objective: str
    before: Standing | None
    after: Standing | None


def effects(
    holders: Iterable[tuple[str, str]], before: PolicySet, after: PolicySet, store: Store, now: Instant
) -> Iterator[Effect]:
    """The objectives of some agreements, by kind and id, that other policies would let stand otherwise."""
    for kind, name in holders:
        old, new = (_verdict(policies, kind, name, store, now) for policies in (before, after))
        stood, stands = _by_objective(old), _by_objective(new)
        for objective in sorted({*stood, *stands}):
            if stood.get(objective) != stands.get(objective):
                label = _label(before, after, kind, name, now)
                yield Effect(f"{kind}/{name}", label, objective, stood.get(objective), stands.get(objective))


def _verdict(policies: PolicySet, kind: str, name: str, store: Store, now: Instant) -> Verdict | None:
    if name not in policies.tables(kind):
        return None
    sla, customer = (name, None) if kind == "sla" else (None, name)
    latest = policies.contract(sla=sla, customer=customer)
    period = period_at(now, latest.period, latest.timezone)
    contract = policies.contract(sla=sla, customer=customer, at=period.start)
    return evaluate(contract, known_history(policies, store, contract, period), period, now)


def _label(before: PolicySet, after: PolicySet, kind: str, name: str, now: Instant) -> str:
    policies = after if name in after.tables(kind) else before
    sla, customer = (name, None) if kind == "sla" else (None, name)
    contract = policies.contract(sla=sla, customer=customer)
    return period_at(now, contract.period, contract.timezone).label


def _by_objective(verdict: Verdict | None) -> dict[str, Standing]:
    if verdict is None:
        return {}
    found = {
        f"availability.{one.objective.service}": Standing(one.finding, one.measured, one.budget_left)
        for one in verdict.availability
    }
    found |= {f"latency.{one.objective.service}": Standing(one.finding, one.measured) for one in verdict.latency}
    found |= {f"response.{one.objective.level}": Standing(one.finding, one.measured) for one in verdict.response}
    return found
